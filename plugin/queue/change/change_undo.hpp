// Takes a change back: each row that is still as the change left it becomes what the record says it was. What workers
// have taken since, or somebody has changed, is left alone, and counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "akqueue/ending.hpp"
#include "backup/reader.hpp"
#include "queue/change/deletion.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue::queue {

struct ChangeUndoOrders {
  Selection selection = {};  ///< which of the tasks, judged by their former rows
  bool dry_run = false;      ///< every batch is rolled back
  std::function<bool()> stop = [] { return false; };
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

struct ChangeUndoResult {
  backup::Tally restored;        ///< by the state that they have again
  std::int64_t log_rows = 0;     ///< that are of the last attempt again
  std::int64_t as_before = 0;    ///< left: they are as they were before the change
  std::int64_t held = 0;         ///< left: a worker has just taken them, or another transaction has them locked
  std::int64_t gone = 0;         ///< left: they are in the table no more
  std::int64_t passed_over = 0;  ///< outside the selection
  std::map<std::string, std::int64_t> went_on;  ///< left: a worker, or somebody, has changed them since; by state
  std::int64_t not_reached = 0;                 ///< of batches that it did not get to
  std::int64_t in_doubt = 0;                    ///< the session was cut between a COMMIT and its answer
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};
  std::chrono::milliseconds took{0};
  Ending ending = Ending::complete;
  std::optional<Error> failure;

  std::int64_t left() const;
};

/// Outside a transaction, after check_target(), for the record of a change that was checked. A failure is in the
/// result, with what was done until then. Throws Error (unsupported) for a change that this version does not know.
ChangeUndoResult undo_change(const session::Database& database, backup::BackupFile& record,
                             const ChangeUndoOrders& orders);

/// Whether some row is still as the change left it.
bool can_be_taken_back(const session::Database& database, backup::BackupFile& record);

}  // namespace akqueue::queue
