#include "commands/watch/frame.hpp"

#include <algorithm>
#include <cmath>

#include "akqueue/tasks.hpp"
#include "commands/watch/words.hpp"
#include "ui/sparkline.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

using Look = ScreenLine::Look;

constexpr std::size_t kLabel = 11;
/// With less than these lines the table of actors is left out.
constexpr std::size_t kLeastTable = 3;

/// A line, and when it gives way: the highest first.
struct Ranked {
  ScreenLine line;
  int rank = 0;
};

/// `left` and `right` at the two ends; the left one gives way.
std::string ends(const std::string& left, const std::string& right, std::size_t width) {
  const std::size_t taken = columns_of(right) + 1;
  if (width <= taken) return shorten_right(right, width);
  return padded(shorten_right(left, width - taken), width - taken) + " " + right;
}

std::string labelled(const std::string& label, const std::string& text) { return padded(label, kLabel) + text; }

std::string queued_line(const Trend& trend) {
  const Sample& sample = trend.last();
  std::string text = format_count(sample.queued(), sample.queued_estimated);
  if (sample.queued() == 0) return text + ", empty";
  const double growth = trend.recent().growth();
  text += ", " + movement(growth);
  const std::string empty = until_empty(trend);
  return empty.empty() ? text : text + ", empty in " + empty;
}

std::string states_line(const Sample& sample) {
  std::string text;
  const auto add = [&](const std::string& state, std::int64_t tasks) {
    text += (text.empty() ? "" : "   ") + visible(state) + " " + with_separators(tasks);
  };
  for (const std::string_view state : task_state::kKnown) {
    if (state != task_state::kQueued && sample.in(state) > 0) add(std::string(state), sample.in(state));
  }
  for (const auto& [state, tasks] : sample.states) {
    if (std::ranges::find(task_state::kKnown, state) == task_state::kKnown.end()) add(state, tasks);
  }
  return text.empty() ? "no other" : (sample.estimated ? "~ " : "") + text;
}

std::string taken_line(const Sample& sample) {
  if (!sample.held) return with_separators(sample.taken) + " by workers";
  return with_separators(*sample.held) + " held by live workers, " + with_separators(sample.taken - *sample.held) +
         " orphaned";
}

std::string recent_line(const Trend& trend) {
  const Rates rates = trend.recent();
  std::string text = "came " + format_rate(rates.came) + ", finished " + format_rate(rates.finished);
  if (rates.removed > 0) text += ", removed " + format_rate(rates.removed);
  return text;
}

std::string totals_line(const Trend& trend) {
  const Totals& totals = trend.totals();
  std::string text = with_separators(totals.came) + " came, " + with_separators(totals.finished) + " finished";
  if (totals.removed > 0) text += ", " + with_separators(totals.removed) + " removed unfinished";
  if (totals.put_back > 0) text += ", " + with_separators(totals.put_back) + " put back";
  return text + " in " + format_age(std::llround(totals.seconds));
}

/// The curve with its least and its most.
std::string curve_line(const Trend& trend, std::size_t width) {
  const std::size_t room = width > kLabel + 30 ? width - kLabel - 26 : 12;
  const auto values = trend.queued(room);
  const auto [least, most] = std::ranges::minmax(values);
  std::string range = with_separators(std::llround(least));
  if (most > least) range += " to " + with_separators(std::llround(most));
  return labelled("", sparkline(values, room) + "  " + range);
}

void add_conditions(std::vector<Ranked>& lines, const WatchPicture& picture) {
  for (const ConditionState& until : picture.untils) {
    lines.push_back(
        {{labelled("Until", until.condition.text() + ": it is " + value_words(until) + (until.holds ? ", holds" : ""))},
         3});
  }
  for (const ConditionState& alert : picture.alerts) {
    std::string text = alert.condition.text() + ": it is " + value_words(alert);
    if (alert.holds) text = "HOLDS  " + text;
    if (alert.began > 0) text += ", held " + (alert.began == 1 ? "once" : std::to_string(alert.began) + " times");
    lines.push_back({{labelled("Alert", text), alert.holds ? Look::warning : Look::plain}, alert.holds ? 1 : 3});
  }
}

/// How the last one ended stands behind, where there is room, or below.
void add_workers(std::vector<Ranked>& lines, const WatchPicture& picture, std::size_t width) {
  const WorkerRestarts* const workers = picture.workers ? &*picture.workers : nullptr;
  const std::string text = labelled("Workers", workers_words(workers, picture.trend.last()));
  const std::string end = last_end_words(workers, picture.trend.last().now);
  const std::string both = end.empty() ? text : text + " (" + end + ")";
  const bool fits = columns_of(both) <= width;
  lines.push_back({{fits ? both : text}, 3});
  if (!fits) lines.push_back({{labelled("", end)}, 4});
}

/// Everything above the actors.
std::vector<Ranked> overview(const WatchPicture& picture, std::size_t width) {
  const std::string when = "every " + format_duration(picture.interval.count()) + "  " + time_of_day(picture.at);
  std::vector<Ranked> lines{
      {{ends(picture.title, when, width), Look::strong}, 2},
      {{picture.database + (picture.chosen.empty() ? "" : "; " + picture.chosen), Look::faint}, 9}};
  if (!picture.trouble.empty()) lines.push_back({{"not read: " + picture.trouble, Look::warning}, 1});
  lines.push_back({{}, 7});
  if (picture.trend.empty()) {
    lines.push_back({{"waiting for the first look"}, 0});
    return lines;
  }
  const Trend& trend = picture.trend;
  lines.push_back({{labelled("Queued", queued_line(trend)), Look::strong}, 0});
  lines.push_back({{curve_line(trend, width)}, 6});
  add_conditions(lines, picture);
  lines.push_back({{labelled("Last " + format_age(std::llround(trend.recent().seconds)), recent_line(trend))}, 2});
  lines.push_back({{labelled("In all", totals_line(trend))}, 8});
  lines.push_back({{labelled("States", states_line(trend.last()))}, 5});
  lines.push_back({{labelled("Taken", taken_line(trend.last()))}, 5});
  add_workers(lines, picture, width);
  return lines;
}

/// Drops the lines that matter least until `room` are left; their order stays.
void make_fit(std::vector<Ranked>& lines, std::size_t room) {
  while (lines.size() > room) {
    // Of equals the last.
    const auto least =
        std::max_element(lines.begin(), lines.end(), [](const Ranked& a, const Ranked& b) { return a.rank <= b.rank; });
    lines.erase(least);
  }
}

std::vector<ActorTrend> in_order(const Trend& trend, WatchControls::Order order) {
  std::vector<ActorTrend> actors = trend.actors();
  if (order == WatchControls::Order::queued) std::ranges::stable_sort(actors, std::greater<>(), &ActorTrend::queued);
  if (order == WatchControls::Order::name) std::ranges::stable_sort(actors, std::less<>(), &ActorTrend::actor);
  return actors;
}

std::string actor_line(const std::string& actor, const std::string& queued, const std::string& share,
                       const std::string& growth, std::size_t width) {
  constexpr std::size_t kFigures = 14 + 8 + 12;
  if (width < kFigures + 10)
    return shorten_right(
        padded(shorten_left(actor, width > 14 ? width - 14 : 1), width > 14 ? width - 14 : 1) + flush_right(queued, 14),
        width);
  return padded(shorten_left(actor, width - kFigures), width - kFigures) + flush_right(queued, 14) +
         flush_right(share, 8) + flush_right(growth, 12);
}

/// The header and as many actors as there is room for.
void add_actors(Frame& frame, const WatchPicture& picture, const WatchControls& controls, std::size_t room,
                std::size_t width) {
  const Trend& trend = picture.trend;
  const auto actors = in_order(trend, controls.order);
  if (room < kLeastTable || actors.empty()) return;
  frame.push_back({});
  const auto marked = [&](const char* header, WatchControls::Order order) {
    return std::string(header) + (controls.order == order ? "*" : "");
  };
  frame.push_back(
      {actor_line(marked("ACTOR", WatchControls::Order::name), marked("QUEUED", WatchControls::Order::queued), "SHARE",
                  marked("GROWTH", WatchControls::Order::growth), width),
       Look::strong});
  const std::size_t rows = room - 2;
  const std::size_t first = std::min(controls.scrolled, actors.size() - std::min(actors.size(), rows));
  for (std::size_t i = first; i < actors.size() && i < first + rows; ++i) {
    const ActorTrend& actor = actors[i];
    frame.push_back(
        {actor_line(visible(actor.actor), format_count(actor.queued, trend.last().actors_estimated),
                    format_share(actor.queued, trend.last().queued()), format_growth(actor.growth), width)});
  }
}

Frame help_frame() {
  return {{"Keys", Look::strong},
          {"  q        end"},
          {"  p space  hold the screen still; looking goes on"},
          {"  s        sort by growth, queued, name; also with left and right"},
          {"  up down  scroll the actors"},
          {"  ?        this"},
          {},
          {"Figures", Look::strong},
          {"  came      new tasks, finished: done or rejected, both at least so many"},
          {"  removed   deleted before they were finished"},
          {"  growth    came less finished; of an actor: the change of its queued tasks"},
          {"  ~         an estimate: the table is too large to count every time"}};
}

std::string key_line(const WatchControls& controls, const WatchPicture& picture) {
  if (controls.paused) return "PAUSED at " + time_of_day(picture.at) + "   p go on   q quit";
  const char* const order = controls.order == WatchControls::Order::growth   ? "growth"
                            : controls.order == WatchControls::Order::queued ? "queued"
                                                                             : "name";
  return std::string("q quit   p pause   s sort: ") + order + "   ? help";
}

}  // namespace

Frame frame_of(const WatchPicture& picture, const WatchControls& controls, TerminalSize size) {
  Frame frame;
  if (size.rows == 0) return frame;
  // The last line is the keys', as soon as there are three.
  const std::size_t room = size.rows < 3 ? size.rows : size.rows - 1;
  if (controls.help) {
    frame = help_frame();
  } else {
    auto lines = overview(picture, size.columns);
    // Half of a screen that is not large is for the actors.
    const std::size_t wanted =
        std::min(picture.trend.actors().size() + 2, std::max<std::size_t>(room / 3, kLeastTable));
    const bool table = room >= 8 && wanted > 2;
    make_fit(lines, table ? room - std::min(room, wanted) : room);
    for (Ranked& one : lines) frame.push_back(std::move(one.line));
    if (table) add_actors(frame, picture, controls, room - frame.size(), size.columns);
  }
  frame.resize(room);
  if (room < size.rows) frame.push_back({key_line(controls, picture), controls.paused ? Look::inverse : Look::faint});
  for (ScreenLine& line : frame) line.text = shorten_right(line.text, size.columns);
  return frame;
}

WatchPicture picture_of(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  const Site& site = poller.site();
  WatchPicture picture;
  picture.title =
      "authentik" + (site.facts.authentik.empty() ? "" : " " + visible(site.facts.authentik)) + ", " + site.where();
  picture.database = "database " + visible(site.facts.database) + ", " +
                     (site.facts.engine == "postgresql" ? "PostgreSQL" : visible(site.facts.engine)) + " " +
                     visible(site.facts.server_version) + (site.facts.standby ? ", a standby" : "") + ", through pod " +
                     visible(site.target.pod);
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    for (const std::string& name : names)
      picture.chosen += (picture.chosen.empty() ? "" : ", ") + std::string(what) + " " + visible(name);
  };
  add("queue", poller.scope().queues);
  add("actor", poller.scope().actors);
  picture.interval = poller.interval();
  picture.trend = poller.trend();
  if (poller.workers() != nullptr) picture.workers = *poller.workers();
  picture.untils = conditions.untils();
  picture.alerts = conditions.alerts();
  picture.trouble = reading.trouble;
  picture.at = reading.at;
  return picture;
}

}  // namespace akqueue
