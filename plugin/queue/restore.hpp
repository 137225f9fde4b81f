// Puts the rows of a backup back, a transaction for each of its batches.
//
// A task that is there already is left alone, and so are its log rows. Triggers fire as usual, so restored queued tasks
// wake the workers. Log rows go in before their tasks (their foreign key is checked at COMMIT), because the status of a
// task is computed from its log in newer releases.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "queue/backup_reader.hpp"
#include "queue/deletion.hpp"
#include "queue/selection.hpp"

namespace akqueue {

struct RestoreOrders {
  std::string path = {};
  Selection selection = {};   ///< which of the tasks; conditions on the log, keep_newest and limit do not work here
  bool as_rejected = false;   ///< unfinished tasks come back as rejected: no worker runs them until they are retried
  bool drop_columns = false;  ///< columns that the target lacks are left out
  bool partly_restored = false;  ///< this backup has been restored from before, as far as is known
  bool dry_run = false;       ///< every batch is rolled back
  std::function<bool()> stop = [] { return false; };
  std::function<void(const DeletionProgress&)> progress = [](const DeletionProgress&) {};
};

struct RestoreResult {
  Tally restored;
  std::int64_t other_rows = 0;     ///< log rows and rows of other tables
  std::int64_t present = 0;        ///< tasks that were there already, left alone
  std::int64_t passed_over = 0;    ///< tasks that the selection does not mean
  std::int64_t conflicting = 0;    ///< tasks that a unique index of the target does not let in
  std::int64_t other_left = 0;     ///< rows of other tables whose tasks are not there
  std::int64_t never_deleted = 0;  ///< tasks of batches that turned out not to have been committed
  std::int64_t in_doubt = 0;       ///< the session was cut between a COMMIT and its answer
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};
  std::chrono::milliseconds took{0};
  Ending ending = Ending::no_more_rows;
  std::optional<Error> failure;
};

/// What has to be known of the target before the first row goes in. In a transaction. Throws Error: (unsupported) for
/// tables or columns that it lacks (unless `drop_columns`) or needs and the backup has not; (refused) for tenants and
/// content types that tasks name and it does not have.
void check_target(const Database& database, const BackupContents& contents, bool drop_columns);

/// Outside a transaction, after check_target(). Whatever fails is in the result, with what was done until then.
RestoreResult restore(const Database& database, const BackupContents& contents, const RestoreOrders& orders);

}  // namespace akqueue
