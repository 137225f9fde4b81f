// Puts the rows of a backup back, one transaction for each of its batches, or several for a large one
// (batch_parts.hpp), the last batch first: a deletion takes a waiting task no later than what it waits for, so on the
// way back what is waited for is there first (queue/filter/dependencies.hpp).
//
// Triggers fire as usual, so restored queued tasks wake the workers.
//
// Several sessions can share the batches, each in a thread of its own. A task that waits for one of a batch that
// another session is still busy with comes in the next round, as one that waits for a later batch does.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "backup/reader.hpp"
#include "queue/change/deletion.hpp"
#include "queue/change/restore_batch.hpp"

namespace akqueue::queue {

struct RestoreOrders {
  RestoreWays ways = {};
  std::vector<session::Database> beside = {};  ///< more sessions with the same database
  bool partly_restored = false;                ///< this backup has been restored from before, as far as is known
  /// Asked between batches, in the thread of each session, one at a time.
  std::function<bool()> stop = [] { return false; };
  /// Called in the thread of restore().
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

struct RestoreResult : RestoredRows {
  std::int64_t never_deleted = 0;  ///< tasks of batches that turned out not to have been committed
  std::int64_t in_doubt = 0;       ///< the session was cut between a COMMIT and its answer
  std::int64_t not_reached = 0;    ///< tasks of batches that it did not get to
  std::int64_t batches = 0;        ///< transactions
  std::chrono::milliseconds longest{0};
  std::chrono::milliseconds took{0};
  Ending ending = Ending::complete;
  std::optional<Error> failure;

  /// Tasks that may be missing still, and can be brought back later.
  std::int64_t missing() const { return conflicting + waiting + running + not_reached; }
};

/// Outside a transaction, after check_target(), for a file that was checked. A failure is in the result, with what was
/// done until then.
RestoreResult restore(const session::Database& database, backup::BackupFile& file, const RestoreOrders& orders);

/// Whether every task of a file that was checked is in the table now, but for batches that were rolled back and, unless
/// `with_running`, for tasks that were running when they were deleted. Reads both; outside a transaction.
bool all_there(const session::Database& database, backup::BackupFile& file, bool with_running = true);

}  // namespace akqueue::queue
