#include "commands/watch/frame.hpp"

#include <algorithm>
#include <cmath>

#include "akqueue/tasks.hpp"
#include "commands/shared/taken_words.hpp"
#include "commands/watch/words.hpp"
#include "ui/sparkline.hpp"

namespace akqueue::commands {
namespace {

using Look = ui::ScreenLine::Look;

constexpr std::size_t kLabel = 11;
/// With less than these lines the table of actors is left out.
constexpr std::size_t kLeastTable = 3;

/// A line, and when it gives way: the highest first.
struct Ranked {
  ui::ScreenLine line;
  int rank = 0;
};

/// `left` and `right` at the two ends; the left one gives way.
ui::Text ends(const ui::Text& left, const ui::Text& right, std::size_t width) {
  const std::size_t taken = ui::columns_of(right) + 1;
  if (width <= taken) return ui::shorten_right(right, width);
  return ui::padded(ui::shorten_right(left, width - taken), width - taken) + " " + right;
}

ui::Text labelled(const ui::Text& label, const ui::Text& text) { return ui::padded(label, kLabel) + text; }

ui::Text queued_line(const queue::Trend& trend) {
  const queue::Sample& sample = trend.last();
  const std::string count = format_count(sample.queued(), sample.queued_estimated);
  if (sample.queued() == 0) return ui::format_text("{}, empty", count);
  const ui::Text text = ui::format_text("{}, {}", count, movement(trend.recent().growth()));
  const std::string empty = until_empty(trend);
  return empty.empty() ? text : text + ui::format_text(", empty in {}", empty);
}

ui::Text states_line(const queue::Sample& sample) {
  std::vector<ui::Text> states;
  const auto add = [&](std::string_view state, std::int64_t tasks) {
    states.push_back(ui::format_text("{} {}", state, with_separators(tasks)));
  };
  for (const std::string_view state : task_state::kKnown) {
    if (state != task_state::kQueued && sample.in(state) > 0) add(state, sample.in(state));
  }
  for (const auto& [state, tasks] : sample.states) {
    if (std::ranges::find(task_state::kKnown, state) == task_state::kKnown.end()) add(state, tasks);
  }
  if (states.empty()) return "no other";
  return (sample.estimated ? ui::Text("~ ") : ui::Text()) + ui::joined(states, "   ");
}

ui::Text taken_line(const queue::Sample& sample) {
  if (!sample.held) return ui::format_text("{} by workers", with_separators(sample.taken));
  return taken_words({.held = *sample.held,
                      .stranded = sample.stranded.value_or(0),
                      .ending = sample.ending.value_or(0),
                      .orphaned = sample.orphaned.value_or(0)});
}

ui::Text recent_line(const queue::Trend& trend) {
  const queue::Rates rates = trend.recent();
  const ui::Text text = ui::format_text("came {}, finished {}", format_rate(rates.came), format_rate(rates.finished));
  return rates.removed > 0 ? text + ui::format_text(", removed {}", format_rate(rates.removed)) : text;
}

ui::Text totals_line(const queue::Trend& trend) {
  const queue::Totals& totals = trend.totals();
  ui::Text text =
      ui::format_text("{} came, {} finished", with_separators(totals.came), with_separators(totals.finished));
  if (totals.removed > 0) text += ui::format_text(", {} removed unfinished", with_separators(totals.removed));
  if (totals.put_back > 0) text += ui::format_text(", {} put back", with_separators(totals.put_back));
  return text + ui::format_text(" in {}", format_age(std::llround(totals.seconds)));
}

/// The curve with its least and its most.
ui::Text curve_line(const queue::Trend& trend, std::size_t width) {
  const std::size_t room = width > kLabel + 30 ? width - kLabel - 26 : 12;
  const auto values = trend.queued(room);
  const auto [least, most] = std::ranges::minmax(values);
  ui::Text range = with_separators(std::llround(least));
  if (most > least) range += ui::format_text(" to {}", with_separators(std::llround(most)));
  return labelled("", ui::sparkline(values, room) + "  " + range);
}

void add_conditions(std::vector<Ranked>& lines, const WatchPicture& picture) {
  for (const ConditionState& until : picture.untils) {
    const ui::Text text =
        ui::format_text("{}: it is {}{}", until.condition.text(), value_words(until), until.holds ? ", holds" : "");
    lines.push_back({{labelled("Until", text)}, 3});
  }
  for (const ConditionState& alert : picture.alerts) {
    ui::Text text =
        ui::format_text("{}{}: it is {}", alert.holds ? "HOLDS  " : "", alert.condition.text(), value_words(alert));
    if (alert.began > 0) text += ui::format_text(", held {}", how_often(alert.began));
    lines.push_back({{labelled("Alert", text), alert.holds ? Look::warning : Look::plain}, alert.holds ? 1 : 3});
  }
}

/// How the last one ended stands behind, where there is room, or below.
void add_workers(std::vector<Ranked>& lines, const WatchPicture& picture, std::size_t width) {
  const cluster::WorkerRestarts* const workers = picture.workers ? &*picture.workers : nullptr;
  const ui::Text text = labelled("Workers", workers_words(workers, picture.trend.last()));
  const ui::Text end = last_end_words(workers, picture.trend.last().now);
  const ui::Text both = end.empty() ? text : ui::format_text("{} ({})", text, end);
  const bool fits = ui::columns_of(both) <= width;
  lines.push_back({{fits ? both : text}, 3});
  if (!fits) lines.push_back({{labelled("", end)}, 4});
}

/// Everything above the actors.
std::vector<Ranked> overview(const WatchPicture& picture, std::size_t width) {
  const ui::Text when =
      ui::format_text("every {}  {}", format_duration(picture.interval.count()), time_of_day(picture.at));
  const ui::Text where = picture.chosen.empty() ? picture.database : picture.database + "; " + picture.chosen;
  std::vector<Ranked> lines{{{ends(picture.title, when, width), Look::strong}, 2}, {{where, Look::faint}, 9}};
  if (!picture.trouble.empty()) lines.push_back({{ui::format_text("not read: {}", picture.trouble), Look::warning}, 1});
  lines.push_back({{}, 7});
  if (picture.trend.empty()) {
    lines.push_back({{"waiting for the first look"}, 0});
    return lines;
  }
  const queue::Trend& trend = picture.trend;
  const ui::Text last = ui::format_text("Last {}", format_age(std::llround(trend.recent().seconds)));
  lines.push_back({{labelled("Queued", queued_line(trend)), Look::strong}, 0});
  lines.push_back({{curve_line(trend, width)}, 6});
  add_conditions(lines, picture);
  lines.push_back({{labelled(last, recent_line(trend))}, 2});
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
        std::ranges::max_element(lines, [](const Ranked& a, const Ranked& b) { return a.rank <= b.rank; });
    lines.erase(least);
  }
}

std::vector<queue::ActorTrend> in_order(const queue::Trend& trend, WatchControls::Order order) {
  std::vector<queue::ActorTrend> actors = trend.actors();
  if (order == WatchControls::Order::queued)
    std::ranges::stable_sort(actors, std::greater<>(), &queue::ActorTrend::queued);
  if (order == WatchControls::Order::name) std::ranges::stable_sort(actors, std::less<>(), &queue::ActorTrend::actor);
  return actors;
}

ui::Text actor_line(const ui::Text& actor, const ui::Text& queued, const ui::Text& share, const ui::Text& growth,
                    std::size_t width) {
  constexpr std::size_t kFigures = 14 + 8 + 12;
  if (width < kFigures + 10)
    return ui::shorten_right(
        ui::padded(ui::shorten_left(actor, width > 14 ? width - 14 : 1), width > 14 ? width - 14 : 1) +
            ui::flush_right(queued, 14),
        width);
  return ui::padded(ui::shorten_left(actor, width - kFigures), width - kFigures) + ui::flush_right(queued, 14) +
         ui::flush_right(share, 8) + ui::flush_right(growth, 12);
}

/// The header and as many actors as there is room for.
void add_actors(ui::Frame& frame, const WatchPicture& picture, const WatchControls& controls, std::size_t room,
                std::size_t width) {
  const queue::Trend& trend = picture.trend;
  const auto actors = in_order(trend, controls.order);
  if (room < kLeastTable || actors.empty()) return;
  frame.push_back({});
  const auto marked = [&](const ui::Text& header, WatchControls::Order order) {
    return controls.order == order ? header + "*" : header;
  };
  frame.push_back(
      {actor_line(marked("ACTOR", WatchControls::Order::name), marked("QUEUED", WatchControls::Order::queued), "SHARE",
                  marked("GROWTH", WatchControls::Order::growth), width),
       Look::strong});
  const std::size_t rows = room - 2;
  const std::size_t first = std::min(controls.scrolled, actors.size() - std::min(actors.size(), rows));
  for (std::size_t i = first; i < actors.size() && i < first + rows; ++i) {
    const queue::ActorTrend& actor = actors[i];
    frame.push_back(
        {actor_line(actor.actor, format_count(actor.queued, trend.last().actors_estimated),
                    ui::format_share(actor.queued, trend.last().queued()), format_growth(actor.growth), width)});
  }
}

ui::Frame help_frame() {
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

ui::Text key_line(const WatchControls& controls, const WatchPicture& picture) {
  if (controls.paused) return ui::format_text("PAUSED at {}   p go on   q quit", time_of_day(picture.at));
  const char* const order = controls.order == WatchControls::Order::growth   ? "growth"
                            : controls.order == WatchControls::Order::queued ? "queued"
                                                                             : "name";
  return ui::format_text("q quit   p pause   s sort: {}   ? help", order);
}

}  // namespace

ui::Frame frame_of(const WatchPicture& picture, const WatchControls& controls, ui::TerminalSize size) {
  ui::Frame frame;
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
  for (ui::ScreenLine& line : frame) line.text = ui::shorten_right(line.text, size.columns);
  return frame;
}

WatchPicture picture_of(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  const Site& site = poller.site();
  WatchPicture picture;
  const session::DatabaseFacts& facts = site.facts;
  const std::string version = facts.authentik.empty() ? "" : " " + facts.authentik;
  picture.title = ui::format_text("authentik{}, {}", version, site.where());
  picture.database = ui::format_text("database {}, {} {}{}, through pod {}", facts.database,
                                     facts.engine == "postgresql" ? "PostgreSQL" : facts.engine, facts.server_version,
                                     facts.standby ? ", a standby" : "", site.target.pod);
  std::vector<ui::Text> chosen;
  for (const std::string& queue : poller.scope().queues) chosen.push_back(ui::format_text("queue {}", queue));
  for (const std::string& actor : poller.scope().actors) chosen.push_back(ui::format_text("actor {}", actor));
  picture.chosen = ui::joined(chosen);
  picture.interval = poller.interval();
  picture.trend = poller.trend();
  if (poller.workers() != nullptr) picture.workers = *poller.workers();
  picture.untils = conditions.untils();
  picture.alerts = conditions.alerts();
  picture.trouble = reading.trouble;
  picture.at = reading.at;
  return picture;
}

}  // namespace akqueue::commands
