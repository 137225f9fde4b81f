#include "commands/watch/board.hpp"

#include <algorithm>

#include "commands/watch/words.hpp"
#include "ui/sparkline.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

using Look = ScreenLine::Look;
using Order = WatchControls::Order;

constexpr std::size_t kBoardGap = 3;
constexpr std::size_t kQueued = 13;
constexpr std::size_t kGrowth = 9;
constexpr std::size_t kEmpty = 8;
constexpr std::size_t kRestarts = 8;

double growth_of(const BoardLine& line) { return line.figures ? line.figures->recent.growth() : 0; }
std::int64_t queued_of(const BoardLine& line) { return line.figures ? line.figures->queued : 0; }

void sort(std::vector<BoardLine>& lines, Order order) {
  if (order == Order::growth) std::ranges::stable_sort(lines, std::greater<>(), growth_of);
  if (order == Order::queued) std::ranges::stable_sort(lines, std::greater<>(), queued_of);
}

/// How wide the columns are that share what the figures leave; no curve where there is no room for one.
struct Widths {
  std::size_t site;
  std::size_t curve;
};

Widths widths_for(const std::vector<BoardLine>& lines, std::size_t columns) {
  constexpr std::size_t kFigures = kQueued + kGrowth + kEmpty + kRestarts + 4 * kBoardGap;
  constexpr std::size_t kLeastCurve = 8;
  std::size_t longest = 4;
  for (const BoardLine& line : lines) longest = std::max(longest, columns_of(visible(line.name.text())));
  const std::size_t room = columns > kFigures ? columns - kFigures : 0;
  const std::size_t site = std::min(longest, room);
  const std::size_t rest = room - site;
  return {site, rest >= kLeastCurve + kBoardGap ? rest - kBoardGap : 0};
}

std::string row(const Widths& widths, const std::string& site, const std::string& queued, const std::string& curve,
                const std::string& growth, const std::string& empty, const std::string& restarts) {
  const std::string gap(kBoardGap, ' ');
  return padded(site, widths.site) + gap + flush_right(queued, kQueued) + gap +
         (widths.curve == 0 ? "" : padded(curve, widths.curve) + gap) + flush_right(growth, kGrowth) + gap +
         flush_right(empty, kEmpty) + gap + flush_right(restarts, kRestarts);
}

ScreenLine site_line(const BoardLine& line, const Widths& widths) {
  const std::string site = shorten_left(visible(line.name.text()), std::max<std::size_t>(widths.site, 1));
  if (line.looks == 0) return {padded(site, widths.site) + "   waiting for the first look", Look::faint};
  if (!line.trouble.empty()) return {padded(site, widths.site) + "   not read: " + line.trouble, Look::warning};
  const BoardFigures& seen = *line.figures;
  const bool alarmed = std::ranges::any_of(line.alerts, &ConditionState::holds);
  return {row(widths, site, format_count(seen.queued, seen.queued_estimated),
              widths.curve == 0 ? "" : sparkline(seen.curve, widths.curve), format_growth(seen.recent.growth()),
              empty_words(seen), seen.restarts ? std::to_string(*seen.restarts) : "?"),
          alarmed ? Look::warning : Look::plain};
}

std::string total_line(const std::vector<BoardLine>& lines) {
  std::int64_t queued = 0;
  double growth = 0;
  bool estimated = false;
  std::size_t read = 0;
  for (const BoardLine& line : lines) {
    if (!line.figures) continue;
    ++read;
    queued += line.figures->queued;
    growth += line.figures->recent.growth();
    estimated = estimated || line.figures->queued_estimated;
  }
  std::string text = "Queued     " + format_count(queued, estimated) + " in all, " + movement(growth);
  return read == lines.size() ? text : text + "; " + std::to_string(lines.size() - read) + " not read";
}

/// One line a condition: at how many sites it holds, or where.
void add_conditions(Frame& frame, const std::vector<BoardLine>& lines) {
  const auto count = [&](const auto& states_of, std::size_t i, std::string& where) {
    std::size_t holding = 0;
    for (const BoardLine& line : lines) {
      const auto& states = states_of(line);
      if (i >= states.size() || !states[i].holds) continue;
      ++holding;
      where += (where.empty() ? "" : ", ") + visible(line.name.text());
    }
    return holding;
  };
  const auto first =
      std::ranges::find_if(lines, [](const BoardLine& line) { return !line.untils.empty() || !line.alerts.empty(); });
  if (first == lines.end()) return;
  for (std::size_t i = 0; i < first->untils.size(); ++i) {
    std::string where;
    const std::size_t holding = count([](const BoardLine& line) -> const auto& { return line.untils; }, i, where);
    frame.push_back({"Until      " + first->untils[i].condition.text() + ": holds at " + std::to_string(holding) +
                     " of " + std::to_string(lines.size())});
  }
  for (std::size_t i = 0; i < first->alerts.size(); ++i) {
    std::string where;
    const std::size_t holding = count([](const BoardLine& line) -> const auto& { return line.alerts; }, i, where);
    frame.push_back(
        {"Alert      " + first->alerts[i].condition.text() + (holding == 0 ? ": holds nowhere" : ": HOLDS at " + where),
         holding == 0 ? Look::plain : Look::warning});
  }
}

Frame help() {
  return {{"Keys", Look::strong},
          {"  q        end"},
          {"  p space  hold the screen still; looking goes on"},
          {"  s        sort by growth, queued, name; also with left and right"},
          {"  up down  scroll the sites"},
          {"  ?        this"},
          {},
          {"kubectl akqueue watch -n NAMESPACE shows one of them in full."}};
}

std::string keys(const WatchControls& controls) {
  if (controls.paused) return "PAUSED   p go on   q quit";
  const char* const order = controls.order == Order::growth   ? "growth"
                            : controls.order == Order::queued ? "queued"
                                                              : "name";
  return std::string("q quit   p pause   s sort: ") + order + "   ? help";
}

}  // namespace

std::string empty_words(const BoardFigures& figures) {
  if (figures.queued == 0) return "empty";
  return figures.empty_in.empty() ? "<never>" : figures.empty_in;
}

Board::Board(const std::vector<SiteName>& names) {
  for (const SiteName& name : names) lines_.push_back({.name = name});
}

void Board::put(std::size_t site, BoardLine line) {
  const std::lock_guard hold(turn_);
  BoardLine& known = lines_[site];
  line.name = known.name;
  line.looks = known.looks + 1;
  if (!line.figures) line.figures = std::move(known.figures);
  if (line.summary.empty()) line.summary = std::move(known.summary);
  known = std::move(line);
}

std::vector<BoardLine> Board::lines() const {
  const std::lock_guard hold(turn_);
  return lines_;
}

bool all_met(const std::vector<BoardLine>& lines) {
  return std::ranges::all_of(lines, [](const BoardLine& line) {
    return line.trouble.empty() && !line.untils.empty() && std::ranges::all_of(line.untils, &ConditionState::holds);
  });
}

bool any_alarmed(const std::vector<BoardLine>& lines) {
  return std::ranges::any_of(lines, [](const BoardLine& line) {
    return std::ranges::any_of(line.alerts, [](const ConditionState& alert) { return alert.began > 0; });
  });
}

Frame board_frame(const BoardTitle& title, std::vector<BoardLine> lines, const WatchControls& controls,
                  TerminalSize size) {
  Frame frame;
  if (size.rows == 0) return frame;
  const std::size_t room = size.rows < 3 ? size.rows : size.rows - 1;
  if (controls.help) {
    frame = help();
  } else {
    Timestamp at = 0;
    for (const BoardLine& line : lines) at = std::max(at, line.at);
    frame.push_back(
        {title.words + ", every " + format_duration(title.interval.count()) + "  " + time_of_day(at), Look::strong});
    frame.push_back({total_line(lines), Look::strong});
    add_conditions(frame, lines);
    frame.push_back({});
    const Widths widths = widths_for(lines, size.columns);
    const auto marked = [&](const char* header, Order order) {
      return std::string(header) + (controls.order == order ? "*" : "");
    };
    frame.push_back({row(widths, marked("SITE", Order::name), marked("QUEUED", Order::queued), "",
                         marked("GROWTH", Order::growth), "EMPTY-IN", "RESTARTS"),
                     Look::strong});
    sort(lines, controls.order);
    const std::size_t rows = room - std::min(room, frame.size());
    const std::size_t first = std::min(controls.scrolled, lines.size() - std::min(lines.size(), rows));
    for (std::size_t i = first; i < lines.size() && i < first + rows; ++i) frame.push_back(site_line(lines[i], widths));
  }
  frame.resize(room);
  if (room < size.rows) frame.push_back({keys(controls), controls.paused ? Look::inverse : Look::faint});
  for (ScreenLine& line : frame) line.text = shorten_right(line.text, size.columns);
  return frame;
}

}  // namespace akqueue
