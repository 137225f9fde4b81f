// What several sites' watchers have seen last, put down by their threads and read by the one that shows it; and the
// frame of a full screen that is drawn of it.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "cluster/inventory.hpp"
#include "commands/watch/frame.hpp"

namespace akqueue::commands {

/// The figures of a look.
struct BoardFigures {
  std::int64_t queued = 0;
  bool queued_estimated = false;
  std::int64_t taken = 0;
  queue::Rates recent;
  std::string empty_in = {};       ///< `3h20m`; empty where it does not get empty
  ui::Text grows = {};             ///< the actor that grows most: `outpost_send_update +4.2/s`; empty for none
  std::vector<double> curve = {};  ///< queued at each look, oldest first
  std::optional<int> restarts = {};
};

/// `3h20m`, `empty`, or `<never>` where it does not get empty.
std::string empty_words(const BoardFigures& figures);

/// One site.
struct BoardLine {
  cluster::SiteName name = {};
  int looks = 0;                             ///< how many ended so far, well or not
  Timestamp at = 0;                          ///< of the last, by the site's database
  std::string trouble = {};                  ///< why the last look failed; empty: it did not
  std::optional<Error> error = {};           ///< why it could not be entered, as long as it was never read
  std::optional<BoardFigures> figures = {};  ///< of the last look that was read
  std::vector<ConditionState> untils = {};
  std::vector<ConditionState> alerts = {};
  bool rings = false;     ///< an alert came to hold at the last look
  ui::Text summary = {};  ///< what is said of it at the end
  Json document = {};     ///< of the last look
};

/// Safe to use from several threads.
class Board {
 public:
  explicit Board(const std::vector<cluster::SiteName>& names);

  /// Puts a look down; what `line` leaves out of figures and error stays.
  void put(std::size_t site, BoardLine line);
  std::vector<BoardLine> lines() const;

  void end() { over_ = true; }
  bool over() const { return over_; }

 private:
  mutable std::mutex turn_;
  std::vector<BoardLine> lines_;
  std::atomic<bool> over_ = false;
};

/// Asking again would change nothing: an actor that the site does not have.
bool is_final(const Error& error);

/// Every site was read, and all of its untils hold. False without untils.
bool all_met(const std::vector<BoardLine>& lines);
/// Some alert has held at some site.
bool any_alarmed(const std::vector<BoardLine>& lines);

/// What stands above the sites.
struct BoardTitle {
  ui::Text words;  ///< `4 authentiks in 3 namespaces`
  std::chrono::seconds interval{10};
};

/// No terminal, no clock: the same lines give the same frame.
ui::Frame board_frame(const BoardTitle& title, std::vector<BoardLine> lines, const WatchControls& controls,
                      ui::TerminalSize size);

}  // namespace akqueue::commands
