// Which tasks a change takes, and why it leaves each other one alone: one expression for the preview and for the deed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "queue/change/row_change.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue::queue {

/// How tasks are changed.
struct ChangeWays {
  RowChange change = RowChange::retry;
  std::vector<std::string> absent_actors = {};  ///< actors that the site's authentik does not have: see judge_here()
  bool takes_done = false;  ///< a retry: this release retries what is done as well, if its message is there
};

/// The words of a verdict; all but the first are reasons to leave a task alone.
namespace verdict {
inline constexpr std::string_view kTaken = "taken";            ///< the change takes it
inline constexpr std::string_view kHeld = "held";              ///< a worker has it in hand (filter/in_hand.hpp)
inline constexpr std::string_view kOrphaned = "orphaned";      ///< a worker took it and died
inline constexpr std::string_view kStranded = "stranded";      ///< locked, with no worker behind the lock
inline constexpr std::string_view kQueued = "queued";          ///< it is queued, and due
inline constexpr std::string_view kWaiting = "waiting";        ///< it is queued for its next try, later
inline constexpr std::string_view kDependency = "dependency";  ///< what it waits for is rejected, or not done
inline constexpr std::string_view kDone = "done";              ///< this release retries only what was rejected
inline constexpr std::string_view kFinished = "finished";      ///< it is rejected or done: nobody has it, nothing waits
inline constexpr std::string_view kUnknown = "unknown_state";  ///< its state is none of those that are known
inline constexpr std::string_view kNoActor = "no_actor";       ///< the site's authentik has no such actor any more
inline constexpr std::string_view kEmpty = "empty";            ///< its message is empty
inline constexpr std::string_view kUnreadable = "unreadable";  ///< its message can't be read; found in the deed
inline constexpr std::string_view kLocked = "locked";          ///< another transaction had it locked
inline constexpr std::string_view kChanged = "changed";        ///< it changed after the preview, or is gone
}  // namespace verdict

/// An expression of the task row `alias`: one of the words above. In a transaction.
std::string verdict_of(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                       std::string_view alias);

/// An expression of the task row `alias`: the state that the change gives it.
std::string state_given(session::Statement& statement, const session::Database& database, const ChangeWays& ways,
                        std::string_view alias);

/// Tasks with the same verdict.
struct VerdictGroup {
  std::string verdict;
  std::string state;
  std::string actor;
  std::int64_t tasks = 0;
};

struct Verdicts {
  std::vector<VerdictGroup> groups;

  std::int64_t total() const;
  /// How many the change takes.
  std::int64_t taken() const;
};

/// One scan. In a transaction. Throws Error (unsupported) where the release does not have what the change is about.
Verdicts judge(const session::Database& database, const Selection& selection, const ChangeWays& ways);

/// The same, once the peer was asked which actors of what would go its authentik does not have: `ways` has them then.
/// A worker could not run such a task, whatever is put right.
Verdicts judge_here(const session::Database& database, const Selection& selection, ChangeWays& ways);

/// Throws Error (unsupported) where the release does not have what the change is about.
void check_change_is_known(const session::Database& database, RowChange change);

}  // namespace akqueue::queue
