// Changes a selection in short transactions, from the first page of the table to the last, and says what was done. The
// rows' former values are in the record, on the disk, before each COMMIT: a run that is killed leaves each row as it
// was or as it is to be, and the record tells which.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "akqueue/ending.hpp"
#include "queue/change/change_batch.hpp"
#include "queue/change/deletion.hpp"

namespace akqueue::queue {

struct ChangePlan {
  Selection selection;  ///< as the preview saw it: pin()
  ChangeWays ways;
  std::int64_t expected = 0;  ///< what the preview counted
  backup::BackupSink* record = nullptr;
  /// How many may be changed next, of so many that were changed and so many that are wanted; it may take its time. 0:
  /// enough.
  std::function<std::int64_t(std::int64_t done, std::int64_t wanted)> allow = [](std::int64_t, std::int64_t wanted) {
    return wanted;
  };
  std::function<bool()> stop = [] { return false; };  ///< asked between batches
  std::function<void(const Progress&)> progress = [](const Progress&) {};
  /// Given the tasks of each batch that was committed.
  std::function<void(const std::vector<Uuid>&)> changed = [](const std::vector<Uuid>&) {};
};

struct ChangeResult {
  backup::Tally changed;        ///< by the state that they had
  std::int64_t log_rows = 0;    ///< that were marked as of an earlier attempt
  std::int64_t unreadable = 0;  ///< left: their messages can't be read
  std::int64_t locked = 0;      ///< left: another transaction has them locked
  std::int64_t moved = 0;       ///< left: they changed after the preview, or are gone
  bool counted = false;         ///< the two above are known
  std::int64_t in_doubt = 0;    ///< the session was cut between a COMMIT and its answer
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};  ///< transaction
  std::chrono::milliseconds took{0};
  Ending ending = Ending::complete;
  std::optional<Error> failure;  ///< for Ending::failed
};

/// Outside a transaction. Whatever fails is in the result, with what was done until then.
ChangeResult change_tasks(const session::Database& database, const ChangePlan& plan);

}  // namespace akqueue::queue
