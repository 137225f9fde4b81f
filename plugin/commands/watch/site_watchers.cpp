#include "commands/watch/site_watchers.hpp"

#include <algorithm>

#include "commands/watch/json_view.hpp"
#include "commands/watch/text_view.hpp"
#include "commands/watch/words.hpp"
#include "ui/errors.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

/// So soon the end is seen.
constexpr auto kOverPiece = 100ms;
/// A site that can't be entered is tried again after this long.
constexpr auto kEnterAgainAfter = 10s;

BoardFigures figures_of(const Poller& poller) {
  const queue::Trend& trend = poller.trend();
  const queue::Sample& sample = trend.last();
  BoardFigures figures{
      sample.queued(),      sample.queued_estimated,           sample.taken, trend.recent(), until_empty(trend),
      fastest_actor(trend), trend.queued(queue::Trend::kKept), std::nullopt};
  if (poller.workers() != nullptr) figures.restarts = poller.workers()->restarts();
  return figures;
}

/// Puts down what one site's watcher sees. In that watcher's thread.
class BoardView final : public WatchView {
 public:
  BoardView(Board& board, std::size_t site, const cli::Environment& environment, std::string whose)
      : board_(board), site_(site), environment_(environment), whose_(std::move(whose)) {}

  void show(const Poller& poller, const Reading& reading, const Conditions& conditions) override {
    BoardLine line{.at = reading.at, .trouble = reading.read ? "" : reading.trouble};
    if (reading.read) {
      line.figures = figures_of(poller);
      say_alerts(environment_.terminal, conditions, whose_);
      line.rings = std::ranges::any_of(conditions.alerts(), &ConditionState::just_began);
    }
    line.untils = conditions.untils();
    line.alerts = conditions.alerts();
    line.summary = summary_of(poller, conditions);
    line.document = document_of_watch(poller, reading, conditions);
    board_.put(site_, std::move(line));
  }
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }
  bool quit() const override { return board_.over(); }
  bool ends_when_met() const override { return false; }

 private:
  Board& board_;
  std::size_t site_;
  const cli::Environment& environment_;
  std::string whose_;
};

/// A trouble takes one line of a table or a screen.
std::string in_one_line(const Error& error) {
  std::string line;
  for (const char c : std::string(error.what())) {
    if (c == '\n') line += ' ';
    else if (c != ' ' || !line.ends_with(' ')) line += c;
  }
  return line;
}

BoardLine line_of_failure(const cluster::SiteName& name, const Error& error) {
  return {.trouble = in_one_line(error), .error = error, .document = document_of_failure(name, error)};
}

void pause_until_over(const Board& board, const cli::Environment& environment, std::chrono::milliseconds length) {
  const auto end = environment.clock.now() + length;
  while (!board.over() && !environment.interrupts.requested() && environment.clock.now() < end)
    environment.clock.sleep(kOverPiece);
}

/// One site, until the board is over. In a thread of its own.
void watch_site(SiteJob& job, Board& board, std::size_t site, const WatchRequest& request) {
  const cli::Environment& environment = job.environment();
  const std::string whose = job.name().text();
  for (bool first = true; !board.over() && !environment.interrupts.requested(); first = false) {
    try {
      if (first) job.check_seen();
      Conditions conditions(request.untils, request.alerts);
      Poller poller(environment, job.cluster(), first ? job.inventory() : look_around(environment, job.cluster()),
                    request.poller);
      conditions.check(poller.site());
      BoardView view(board, site, environment, whose);
      watch(environment, poller, view, conditions, std::nullopt);
      return;
    } catch (const Error& error) {
      if (board.over() || error.code() == ErrorCode::interrupted) return;
      board.put(site, line_of_failure(job.name(), error));
      if (is_final(error)) return;
    } catch (const std::exception& error) { board.put(site, line_of_failure(job.name(), ui::as_error(error))); }
    pause_until_over(board, environment,
                     std::max<std::chrono::milliseconds>(kEnterAgainAfter, request.poller.interval));
  }
}

}  // namespace

SiteWatchers::SiteWatchers(AllSites& sites, Board& board, const WatchRequest& request) : sites_(sites), board_(board) {
  try {
    for (std::size_t i = 0; i < sites.jobs().size(); ++i)
      threads_.emplace_back([&, i] { watch_site(*sites_.jobs()[i], board_, i, request); });
  } catch (...) {
    end();
    throw;
  }
}

void SiteWatchers::end() {
  board_.end();
  for (const auto& job : sites_.jobs()) job->drop();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace akqueue::commands
