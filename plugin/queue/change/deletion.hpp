// Deletes a selection in short transactions, from the first page of the table to the last, and says what was done.
//
// Physical order makes each batch one short scan whatever the filter is; no index serves actor names. The step grows
// and shrinks as batch_size.hpp says. What the walk could not delete (locked rows, rows that moved) is swept up at the
// end; what is still left then stays, counted.
//
// Several sessions can share the walk, each in a thread of its own: each takes the pages that come next, in
// transactions of its own, and rows that one has locked are passed over by the others. Where a waiting task and what
// it waits for are taken by two of them, the second sees what the first has committed, as one session would. The sweep
// and the counts are done by one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "akqueue/ending.hpp"
#include "queue/change/batch.hpp"

namespace akqueue::queue {

struct Progress {
  std::int64_t deleted = 0;
  std::int64_t expected = 0;
  bool waiting_for_locks = false;
  std::string brake = {};  ///< what holds it back; empty: nothing
};

struct DeletionResult {
  backup::Tally deleted;
  backup::OtherRows other_rows;
  std::int64_t held = 0;       ///< left: workers have them in hand
  std::int64_t awaited = 0;    ///< left: tasks that stay wait for them (Dependents::along, kept)
  std::int64_t locked = 0;     ///< left: another transaction has them locked
  std::int64_t arrived = 0;    ///< left: they match the filter, but came or changed after the preview
  std::int64_t remaining = 0;  ///< matching the filter afterwards
  bool counted = false;        ///< the five above are known
  std::int64_t in_doubt = 0;   ///< the session was cut between a COMMIT and its answer
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};  ///< transaction
  std::chrono::milliseconds took{0};
  std::chrono::milliseconds held_back{0};  ///< of that, by the brake; of all sessions
  std::string held_back_by = {};           ///< as the last of these waits said
  Ending ending = Ending::complete;
  std::optional<Error> failure;  ///< for Ending::failed
};

/// One more session with the same database.
struct SessionBeside {
  session::Database database;
  backup::BackupSink* sink = nullptr;  ///< of its own, for the same backup
};

struct DeletionPlan {
  Selection selection;
  std::int64_t expected = 0;  ///< what the preview counted, for progress and for choosing the way
  bool include_held = false;
  backup::BackupSink* sink = nullptr;
  std::vector<SessionBeside> beside = {};                    ///< they share the walk, where there is one
  Brake* brake = nullptr;                                    ///< null: nothing holds it back
  std::optional<std::chrono::milliseconds> batch_time = {};  ///< what a transaction should take
  /// Waits so long between batches, in the thread of each session.
  std::function<void(std::chrono::milliseconds)> pause = [](std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time);
  };
  /// Asked between batches, in the thread of each session, one at a time.
  std::function<bool()> stop = [] { return false; };
  /// Called in the thread of delete_tasks().
  std::function<void(const Progress&)> progress = [](const Progress&) {};

  /// Whether it goes through the table, which several sessions can share; otherwise an index finds the few rows.
  bool walks() const;
};

/// Outside a transaction. Throws Error (unsupported) before anything is deleted; whatever fails later is in the result,
/// with what was done until then.
DeletionResult delete_tasks(const session::Database& database, const DeletionPlan& orders);

}  // namespace akqueue::queue
