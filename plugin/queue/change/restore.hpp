// Puts the rows of a backup back, a transaction for each of its batches, the last one first: a deletion takes whoever
// waits for a task no later than the task, so on the way back what is waited for is there first
// (queue/change/dependencies.hpp).
//
// Triggers fire as usual, so restored queued tasks wake the workers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "backup/reader.hpp"
#include "queue/change/deletion.hpp"
#include "queue/change/restore_batch.hpp"

namespace akqueue {

struct RestoreOrders {
  RestoreWays ways = {};
  bool partly_restored = false;  ///< this backup has been restored from before, as far as is known
  std::function<bool()> stop = [] { return false; };
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

struct RestoreResult : RestoredRows {
  std::int64_t never_deleted = 0;  ///< tasks of batches that turned out not to have been committed
  std::int64_t in_doubt = 0;       ///< the session was cut between a COMMIT and its answer
  std::int64_t not_reached = 0;    ///< tasks of batches to which it did not come
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};
  std::chrono::milliseconds took{0};
  Ending ending = Ending::complete;
  std::optional<Error> failure;

  /// Tasks that may be missing still, and can be brought back later.
  std::int64_t missing() const { return conflicting + waiting + not_reached; }
};

/// Outside a transaction, after check_target(), of a file that was checked. Whatever fails is in the result, with what
/// was done until then.
RestoreResult restore(const Database& database, BackupFile& file, const RestoreOrders& orders);

/// Whether every task of a file that was checked is in the table now (but for batches that were rolled back). Reads
/// both; outside a transaction.
bool all_there(const Database& database, BackupFile& file);

}  // namespace akqueue
