// Deletes a selection in short transactions, from the first page of the table to the last, and says what was done.
//
// Physical order makes each batch one short scan whatever the filter is; no index serves actor names. The step grows
// and shrinks as batch_size.hpp has it. What the walk could not have (locked rows, rows that moved) is swept up at the
// end; what is left then stays, counted.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "akqueue/ending.hpp"
#include "queue/change/batch.hpp"

namespace akqueue {

struct Progress {
  std::int64_t deleted = 0;
  std::int64_t expected = 0;
  bool waiting_for_locks = false;
};

struct DeletionResult {
  Tally deleted;
  std::int64_t other_rows = 0;  ///< log rows and rows of other referencing tables
  std::int64_t held = 0;        ///< left: a live worker holds them
  std::int64_t locked = 0;      ///< left: another transaction has them locked
  std::int64_t arrived = 0;     ///< match the filter, but came or changed after the preview
  std::int64_t remaining = 0;   ///< that the filter means, afterwards
  bool counted = false;         ///< the four above are known
  std::int64_t in_doubt = 0;    ///< the session was cut between a COMMIT and its answer
  std::int64_t batches = 0;
  std::chrono::milliseconds longest{0};  ///< transaction
  std::chrono::milliseconds took{0};
  Ending ending = Ending::complete;
  std::optional<Error> failure;  ///< for Ending::failed
};

struct DeletionPlan {
  Selection selection;
  std::int64_t expected = 0;  ///< what the preview counted, for progress and for choosing the way
  bool include_held = false;
  BackupSink* sink = nullptr;
  /// Asked between batches.
  std::function<bool()> stop = [] { return false; };
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

/// Outside a transaction. Throws Error (unsupported) before anything is deleted; whatever fails later is in the result,
/// with what was done until then.
DeletionResult delete_tasks(const Database& database, const DeletionPlan& orders);

}  // namespace akqueue
