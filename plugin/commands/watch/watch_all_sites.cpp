#include "commands/watch/watch_all_sites.hpp"

#include <algorithm>

#include "commands/watch/board_show.hpp"
#include "commands/watch/screen_view.hpp"
#include "commands/watch/site_watchers.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

/// So soon Ctrl-C, keys and new looks are seen.
constexpr auto kBoardPiece = 100ms;
WatchEnding show_until_over(const cli::Environment& environment, const Board& board, BoardShow& view, bool conditional,
                            std::optional<std::chrono::seconds> timeout) {
  const Moment deadline = timeout ? environment.clock.now() + *timeout : Moment::max();
  for (;;) {
    const auto lines = board.lines();
    view.show(lines);
    if (conditional && all_met(lines)) return WatchEnding::met;
    if (view.quit()) return WatchEnding::quit;
    if (environment.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
    const bool hopeless =
        std::ranges::all_of(lines, [](const BoardLine& line) { return line.error && is_final(*line.error); });
    if (hopeless) return WatchEnding::quit;
    if (environment.clock.now() >= deadline) return WatchEnding::timeout;
    view.idle(kBoardPiece);
  }
}

ui::Text summaries(const std::vector<BoardLine>& lines) {
  ui::Text text;
  for (const BoardLine& line : lines) {
    if (!line.summary.empty()) text += ui::format_text("{}: {}", line.name.text(), line.summary);
  }
  return text;
}

Error unmet(const std::vector<BoardLine>& lines, WatchEnding ending) {
  std::string words;
  for (const BoardLine& line : lines) {
    std::vector<std::string> missing;
    if (!line.trouble.empty()) missing = {"it can't be read"};
    for (const ConditionState& one : line.untils) {
      if (line.trouble.empty() && !one.holds) missing.push_back(one.condition.text() + ": it is " + value_words(one));
    }
    if (!missing.empty()) words += "\n  " + line.name.text() + ": " + joined(missing, "; ");
  }
  return Error(ErrorCode::condition, std::string(ending == WatchEnding::timeout ? "timed out" : "ended") +
                                         " before it held everywhere:" + words);
}

/// Prints why sites could not be read: never, or at the end, where somebody relies on that.
int report_unread(ui::Terminal& terminal, const AllSites& sites, const std::vector<BoardLine>& lines,
                  WatchEnding ending) {
  std::vector<std::optional<Error>> errors;
  for (const BoardLine& line : lines) {
    if (!line.figures) errors.push_back(line.error);
    else if (ending == WatchEnding::timeout && !line.trouble.empty()) errors.emplace_back(out_of_sight(line.trouble));
    else errors.emplace_back(std::nullopt);
  }
  return report(terminal, sites, errors);
}

}  // namespace

int watch_all_sites(const cli::Environment& environment, const WatchRequest& request) {
  // What is not a condition is said before anything is asked.
  Conditions(request.untils, request.alerts).check(request.timeout, request.poller.interval);

  NoticeTerminal notices(environment.terminal);
  const cli::Environment inner{environment.launcher, environment.interrupts, notices,
                               environment.clock,    environment.state,      environment.sites_file};
  AllSites sites(inner, request.site, cluster::kPodsAndDeployments);
  sites.look();
  std::vector<cluster::SiteName> names;
  for (const auto& job : sites.jobs()) names.push_back(job->name());
  Board board(names);
  auto ending = WatchEnding::quit;
  try {
    auto full = request.screen ? environment.terminal.take_over() : nullptr;
    std::optional<NoticeTerminal::Held> held;
    if (full != nullptr) held.emplace(notices);
    const auto view =
        board_show_for(inner, std::move(full), request.output, {count_words(sites), request.poller.interval});
    const SiteWatchers watchers(sites, board, request);
    ending = show_until_over(inner, board, *view, !request.untils.empty(), request.timeout);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted && !is_json(request.output))
      environment.terminal.err(summaries(board.lines()));
    throw;
  }
  const auto lines = board.lines();
  if (!is_json(request.output)) environment.terminal.err(summaries(lines));
  if (!request.untils.empty() && ending != WatchEnding::met) throw unmet(lines, ending);
  const int unread = report_unread(environment.terminal, sites, lines, ending);
  return any_alarmed(lines) ? error_kind(ErrorCode::condition).exit_status : unread;
}

}  // namespace akqueue::commands
