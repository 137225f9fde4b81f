#include "commands/watch/watch_all_sites.hpp"

#include <algorithm>
#include <thread>

#include "commands/shared/all_sites.hpp"
#include "commands/watch/board.hpp"
#include "commands/watch/json_view.hpp"
#include "commands/watch/screen_view.hpp"
#include "commands/watch/text_view.hpp"
#include "commands/watch/watch.hpp"
#include "commands/watch/words.hpp"
#include "ui/errors.hpp"
#include "ui/json_text.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

using namespace std::chrono_literals;

/// So soon Ctrl-C, keys and new looks are seen.
constexpr auto kBoardPiece = 100ms;
/// A site that can't be entered is tried again after this long.
constexpr auto kEnterAgainAfter = 10s;

/// What is watched at each site.
struct Wish {
  PollerOptions poller;
  std::vector<std::string> untils;
  std::vector<std::string> alerts;
};

BoardFigures figures_of(const Poller& poller) {
  const Trend& trend = poller.trend();
  const Sample& sample = trend.last();
  BoardFigures figures{
      sample.queued(),      sample.queued_estimated,    sample.taken, trend.recent(), until_empty(trend),
      fastest_actor(trend), trend.queued(Trend::kKept), std::nullopt};
  if (poller.workers() != nullptr) figures.restarts = poller.workers()->restarts();
  return figures;
}

/// Puts down what one site's watcher sees. In that watcher's thread.
class BoardView final : public WatchView {
 public:
  BoardView(Board& board, std::size_t site, const Invocation& invocation, std::string whose)
      : board_(board), site_(site), environment_(invocation.environment), whose_(std::move(whose)) {}

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
  const Environment& environment_;
  std::string whose_;
};

/// A trouble takes one line of a table or a screen.
std::string in_one_line(const Error& error) {
  std::string line;
  for (const char c : std::string(error.what())) {
    if (c == '\n') line += ' ';
    else if (c != ' ' || !line.ends_with(' ')) line += c;
  }
  return visible(line);
}

/// Asking again would change nothing: an actor that the site does not have.
bool is_final(const Error& error) {
  return error.code() == ErrorCode::usage || error.code() == ErrorCode::unsupported ||
         error.code() == ErrorCode::tables_missing;
}

void pause_until_over(const Board& board, const Environment& environment, std::chrono::milliseconds length) {
  const auto end = environment.clock.now() + length;
  while (!board.over() && !environment.interrupts.requested() && environment.clock.now() < end)
    environment.clock.sleep(kBoardPiece);
}

/// One site, until the board is over. In a thread of its own.
void watch_site(SiteJob& visit, Board& board, std::size_t site, const Wish& wish) {
  const Invocation& invocation = visit.invocation();
  const std::string whose = visit.name().text();
  for (bool first = true; !board.over() && !invocation.environment.interrupts.requested(); first = false) {
    try {
      Conditions conditions(wish.untils, wish.alerts);
      Poller poller(invocation, visit.cluster(), first ? visit.inventory() : look_around(invocation, visit.cluster()),
                    wish.poller);
      conditions.check(poller.site());
      BoardView view(board, site, invocation, whose);
      watch(invocation.environment, poller, view, conditions, std::nullopt);
      return;
    } catch (const Error& error) {
      if (board.over() || error.code() == ErrorCode::interrupted) return;
      BoardLine line{
          .trouble = in_one_line(error), .error = error, .document = document_of_failure(visit.name(), error)};
      board.put(site, std::move(line));
      if (is_final(error)) return;
    } catch (const std::exception& error) {
      const Error known = as_error(error);
      BoardLine line{
          .trouble = in_one_line(known), .error = known, .document = document_of_failure(visit.name(), known)};
      board.put(site, std::move(line));
    }
    pause_until_over(board, invocation.environment,
                     std::max<std::chrono::milliseconds>(kEnterAgainAfter, wish.poller.interval));
  }
}

/// Who shows the board. In the main thread.
class BoardShow {
 public:
  virtual ~BoardShow() = default;
  virtual void show(const std::vector<BoardLine>& lines) = 0;
  virtual void idle(std::chrono::milliseconds length) = 0;
  virtual bool quit() const { return false; }
};

/// Calls `print` for every look that ended since the last time.
template <class Print>
void each_new(std::vector<int>& seen, const std::vector<BoardLine>& lines, const Print& print) {
  seen.resize(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].looks == std::exchange(seen[i], lines[i].looks)) continue;
    print(i, lines[i]);
  }
}

class BoardText final : public BoardShow {
 public:
  explicit BoardText(Environment& environment) : environment_(environment) {}

  void show(const std::vector<BoardLine>& lines) override {
    if (widths_.empty()) {
      std::size_t longest = 4;
      for (const BoardLine& line : lines) longest = std::max(longest, columns_of(visible(line.name.text())));
      widths_ = {9, longest, 11, 6, 9, 9, 9, 8, 10};
      environment_.terminal.out(Listing(kColumns).draw_header(widths_));
    }
    troubles_.resize(lines.size());
    each_new(seen_, lines, [&](std::size_t i, const BoardLine& line) { print(line, troubles_[i]); });
  }
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  inline static const std::vector<ListingColumn> kColumns{{"TIME"},         {"SITE"},           {"QUEUED", true},
                                                          {"TAKEN", true},  {"CAME", true},     {"FINISHED", true},
                                                          {"GROWTH", true}, {"EMPTY-IN", true}, {"GROWS-MOST"}};

  void print(const BoardLine& line, std::string& said) {
    Listing listing(kColumns);
    const std::string site = line.name.text();
    if (!line.trouble.empty()) {
      if (std::exchange(said, line.trouble) == line.trouble) return;
      environment_.terminal.err("can't look at " + visible(site) + ": " + line.trouble +
                                (line.error && is_final(*line.error) ? "\n" : "; trying again\n"));
      listing.add({time_of_day(line.at), site, "?", "?", "?", "?", "?", "?", "<not read>"});
    } else {
      said.clear();
      const BoardFigures& seen = *line.figures;
      listing.add({time_of_day(line.at), site, format_count(seen.queued, seen.queued_estimated),
                   with_separators(seen.taken), format_rate(seen.recent.came), format_rate(seen.recent.finished),
                   format_growth(seen.recent.growth()), empty_words(seen), seen.grows});
    }
    environment_.terminal.out(listing.draw_rows(widths_));
  }

  Environment& environment_;
  Listing::Widths widths_;
  std::vector<int> seen_;
  std::vector<std::string> troubles_;  ///< said and not over
};

class BoardJson final : public BoardShow {
 public:
  explicit BoardJson(Environment& environment) : environment_(environment) {}
  void show(const std::vector<BoardLine>& lines) override {
    each_new(seen_, lines, [&](std::size_t, const BoardLine& line) {
      environment_.terminal.out(compact_json(line.document) + "\n");
    });
  }
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  Environment& environment_;
  std::vector<int> seen_;
};

class BoardScreen final : public BoardShow {
 public:
  BoardScreen(std::unique_ptr<FullScreen> full, bool colours, BoardTitle title)
      : full_(std::move(full)), screen_(*full_, colours), title_(std::move(title)) {}

  void show(const std::vector<BoardLine>& lines) override {
    newest_ = lines;
    draw();
    each_new(seen_, lines, [&](std::size_t, const BoardLine& line) {
      if (line.rings) screen_.ring();
    });
  }
  void idle(std::chrono::milliseconds length) override {
    const std::string typed = full_->typed(length);
    bytes_ += typed;
    for (const Key& key : take_keys(bytes_, typed.empty())) {
      if (handle_key(key, controls_, shown_.size())) quit_ = true;
    }
    draw();
  }
  bool quit() const override { return quit_; }

 private:
  void draw() {
    if (!controls_.paused) shown_ = newest_;
    screen_.draw(board_frame(title_, shown_, controls_, screen_.size()));
  }

  std::unique_ptr<FullScreen> full_;
  Screen screen_;
  BoardTitle title_;
  std::vector<BoardLine> newest_;
  std::vector<BoardLine> shown_;  ///< older while paused
  std::vector<int> seen_;
  WatchControls controls_;
  std::string bytes_;
  bool quit_ = false;
};

std::unique_ptr<BoardShow> show_for(const Invocation& invocation, Environment& inner, std::unique_ptr<FullScreen> full,
                                    const BoardTitle& title) {
  if (full != nullptr) return std::make_unique<BoardScreen>(std::move(full), inner.terminal.colours(), title);
  if (invocation.machine_output()) return std::make_unique<BoardJson>(inner);
  return std::make_unique<BoardText>(inner);
}

/// The threads of all sites; they are ended and joined with it.
class Watchers {
 public:
  Watchers(AllSites& everywhere, Board& board, const Wish& wish) : everywhere_(everywhere), board_(board) {
    try {
      for (std::size_t i = 0; i < everywhere.visits().size(); ++i) {
        threads_.emplace_back([&, i] { watch_site(*everywhere_.visits()[i], board_, i, wish); });
      }
    } catch (...) {
      end();
      throw;
    }
  }
  ~Watchers() { end(); }
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

 private:
  void end() {
    board_.end();
    for (const auto& visit : everywhere_.visits()) visit->drop();
    for (std::thread& thread : threads_) thread.join();
  }

  AllSites& everywhere_;
  Board& board_;
  std::vector<std::thread> threads_;
};

WatchEnding show_until_over(const Environment& environment, const Board& board, BoardShow& view, bool conditional,
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

std::string summaries(const std::vector<BoardLine>& lines) {
  std::string text;
  for (const BoardLine& line : lines) {
    if (!line.summary.empty()) text += visible(line.name.text()) + ": " + line.summary;
  }
  return text;
}

Error unmet(const std::vector<BoardLine>& lines, WatchEnding ending) {
  std::string words;
  for (const BoardLine& line : lines) {
    std::string missing = line.trouble.empty() ? "" : "it can't be read";
    for (const ConditionState& one : line.untils) {
      if (line.trouble.empty() && !one.holds)
        missing += (missing.empty() ? "" : "; ") + one.condition.text() + ": it is " + value_words(one);
    }
    if (!missing.empty()) words += "\n  " + visible(line.name.text()) + ": " + missing;
  }
  return Error(ErrorCode::condition, std::string(ending == WatchEnding::timeout ? "timed out" : "ended") +
                                         " before it held everywhere:" + words);
}

/// Prints why sites could not be read: never, or at the end, where somebody relies on that.
int report_unread(const Invocation& invocation, const AllSites& everywhere, const std::vector<BoardLine>& lines,
                  WatchEnding ending) {
  std::vector<std::optional<Error>> errors;
  for (const BoardLine& line : lines) {
    if (!line.figures) errors.push_back(line.error);
    else if (ending == WatchEnding::timeout && !line.trouble.empty()) errors.emplace_back(out_of_sight(line.trouble));
    else errors.emplace_back(std::nullopt);
  }
  return report(invocation, everywhere, errors);
}

}  // namespace

int run_watch_everywhere(const Invocation& invocation) {
  const Options& options = invocation.options;
  Wish wish{{.queues = options.all("queue"), .actors = options.all("actor"), .interval = interval_of(options, 10s)},
            untils_of(options),
            options.each("alert")};
  const auto timeout = timeout_of(options);
  Conditions(wish.untils, wish.alerts)
      .check(timeout, wish.poller.interval);  // what is no condition is said before anything is asked

  Environment& environment = invocation.environment;
  NoticeTerminal notices(environment.terminal);
  Environment inner{environment.launcher, environment.interrupts, notices, environment.clock, environment.state};
  const Invocation seen{invocation.command, options, inner};
  AllSites everywhere(seen, kPodsAndDeployments);
  everywhere.look();
  std::vector<SiteName> names;
  for (const auto& visit : everywhere.visits()) names.push_back(visit->name());
  Board board(names);
  WatchEnding ending;
  try {
    auto full = screen_for(invocation);
    std::optional<NoticeTerminal::Held> held;
    if (full != nullptr) held.emplace(notices);
    const auto view = show_for(invocation, inner, std::move(full), {count_words(everywhere), wish.poller.interval});
    const Watchers watchers(everywhere, board, wish);
    ending = show_until_over(inner, board, *view, !wish.untils.empty(), timeout);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted && !invocation.machine_output())
      environment.terminal.err(summaries(board.lines()));
    throw;
  }
  const auto lines = board.lines();
  if (!invocation.machine_output()) environment.terminal.err(summaries(lines));
  if (!wish.untils.empty() && ending != WatchEnding::met) throw unmet(lines, ending);
  const int unread = report_unread(invocation, everywhere, lines, ending);
  return any_alarmed(lines) ? error_kind(ErrorCode::condition).exit_status : unread;
}

}  // namespace akqueue
