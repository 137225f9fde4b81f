#include "commands/watch/board.hpp"

#include <algorithm>

#include "commands/watch/words.hpp"
#include "ui/sparkline.hpp"

namespace akqueue::commands {
namespace {

using Look = ui::ScreenLine::Look;
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
  for (const BoardLine& line : lines) longest = std::max(longest, ui::columns_of(line.name.text()));
  const std::size_t room = columns > kFigures ? columns - kFigures : 0;
  const std::size_t site = std::min(longest, room);
  const std::size_t rest = room - site;
  return {site, rest >= kLeastCurve + kBoardGap ? rest - kBoardGap : 0};
}

ui::Text row(const Widths& widths, const ui::Text& site, const ui::Text& queued, const ui::Text& curve,
             const ui::Text& growth, const ui::Text& empty, const ui::Text& restarts) {
  const ui::Text gap = ui::Text::blanks(kBoardGap);
  return ui::padded(site, widths.site) + gap + ui::flush_right(queued, kQueued) + gap +
         (widths.curve == 0 ? ui::Text() : ui::padded(curve, widths.curve) + gap) + ui::flush_right(growth, kGrowth) +
         gap + ui::flush_right(empty, kEmpty) + gap + ui::flush_right(restarts, kRestarts);
}

ui::ScreenLine site_line(const BoardLine& line, const Widths& widths) {
  const ui::Text site = ui::shorten_left(line.name.text(), std::max<std::size_t>(widths.site, 1));
  if (line.looks == 0) return {ui::padded(site, widths.site) + "   waiting for the first look", Look::faint};
  if (!line.trouble.empty())
    return {ui::padded(site, widths.site) + "   not read: " + ui::Text(line.trouble), Look::warning};
  const BoardFigures& seen = *line.figures;
  const bool alarmed = std::ranges::any_of(line.alerts, &ConditionState::holds);
  return {
      row(widths, site, format_count(seen.queued, seen.queued_estimated),
          widths.curve == 0 ? ui::Text() : ui::sparkline(seen.curve, widths.curve), format_growth(seen.recent.growth()),
          empty_words(seen), seen.restarts ? std::to_string(*seen.restarts) : "?"),
      alarmed ? Look::warning : Look::plain};
}

ui::Text total_line(const std::vector<BoardLine>& lines) {
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
  const ui::Text text = ui::format_text("Queued     {} in all, {}", format_count(queued, estimated), movement(growth));
  return read == lines.size() ? text : text + ui::format_text("; {} not read", lines.size() - read);
}

/// One line a condition: at how many sites it holds, or where.
void add_conditions(ui::Frame& frame, const std::vector<BoardLine>& lines) {
  const auto holding = [&](const auto& states_of, std::size_t i) {
    std::vector<ui::Text> where;
    for (const BoardLine& line : lines) {
      const auto& states = states_of(line);
      if (i < states.size() && states[i].holds) where.emplace_back(line.name.text());
    }
    return where;
  };
  const auto first =
      std::ranges::find_if(lines, [](const BoardLine& line) { return !line.untils.empty() || !line.alerts.empty(); });
  if (first == lines.end()) return;
  for (std::size_t i = 0; i < first->untils.size(); ++i) {
    const auto where = holding([](const BoardLine& line) -> const auto& { return line.untils; }, i);
    frame.push_back({ui::format_text("Until      {}: holds at {} of {}", first->untils[i].condition.text(),
                                     where.size(), lines.size())});
  }
  for (std::size_t i = 0; i < first->alerts.size(); ++i) {
    const auto where = holding([](const BoardLine& line) -> const auto& { return line.alerts; }, i);
    frame.push_back(
        {ui::format_text("Alert      {}: {}", first->alerts[i].condition.text(),
                         where.empty() ? "holds nowhere" : ui::format_text("HOLDS at {}", ui::joined(where))),
         where.empty() ? Look::plain : Look::warning});
  }
}

ui::Frame help() {
  return {{"Keys", Look::strong},
          {"  q        end"},
          {"  p space  hold the screen still; looking goes on"},
          {"  s        sort by growth, queued, name; also with left and right"},
          {"  up down  scroll the sites"},
          {"  ?        this"},
          {},
          {"kubectl akqueue watch -n NAMESPACE shows one of them in full."}};
}

ui::Text keys(const WatchControls& controls) {
  if (controls.paused) return "PAUSED   p go on   q quit";
  const char* const order = controls.order == Order::growth   ? "growth"
                            : controls.order == Order::queued ? "queued"
                                                              : "name";
  return ui::format_text("q quit   p pause   s sort: {}   ? help", order);
}

}  // namespace

std::string empty_words(const BoardFigures& figures) {
  if (figures.queued == 0) return "empty";
  return figures.empty_in.empty() ? "<never>" : figures.empty_in;
}

Board::Board(const std::vector<cluster::SiteName>& names) {
  for (const cluster::SiteName& name : names) lines_.push_back({.name = name});
}

void Board::put(std::size_t site, BoardLine line) {
  const std::scoped_lock hold(turn_);
  BoardLine& known = lines_[site];
  line.name = known.name;
  line.looks = known.looks + 1;
  if (!line.figures) line.figures = std::move(known.figures);
  if (line.summary.empty()) line.summary = std::move(known.summary);
  known = std::move(line);
}

std::vector<BoardLine> Board::lines() const {
  const std::scoped_lock hold(turn_);
  return lines_;
}

bool is_final(const Error& error) {
  return error.code() == ErrorCode::usage || error.code() == ErrorCode::unsupported ||
         error.code() == ErrorCode::tables_missing;
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

ui::Frame board_frame(const BoardTitle& title, std::vector<BoardLine> lines, const WatchControls& controls,
                      ui::TerminalSize size) {
  ui::Frame frame;
  if (size.rows == 0) return frame;
  const std::size_t room = size.rows < 3 ? size.rows : size.rows - 1;
  if (controls.help) {
    frame = help();
  } else {
    Timestamp at = 0;
    for (const BoardLine& line : lines) at = std::max(at, line.at);
    frame.push_back(
        {ui::format_text("{}, every {}  {}", title.words, format_duration(title.interval.count()), time_of_day(at)),
         Look::strong});
    frame.push_back({total_line(lines), Look::strong});
    add_conditions(frame, lines);
    frame.push_back({});
    const Widths widths = widths_for(lines, size.columns);
    const auto marked = [&](const ui::Text& header, Order order) {
      return controls.order == order ? header + "*" : header;
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
  for (ui::ScreenLine& line : frame) line.text = ui::shorten_right(line.text, size.columns);
  return frame;
}

}  // namespace akqueue::commands
