// Deletes a selection in short transactions, from the first page of the table to the last, and says what was done.
//
// Physical order makes each batch one short scan whatever the filter is; no index serves actor names. The step grows
// and shrinks as batch_size.hpp says. What the walk could not delete (locked rows, rows that moved) is swept up at the
// end; what is still left then stays, counted.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "akqueue/ending.hpp"
#include "queue/change/batch.hpp"

namespace akqueue::queue {

struct Progress {
  std::int64_t deleted = 0;
  std::int64_t expected = 0;
  bool waiting_for_locks = false;
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
  Ending ending = Ending::complete;
  std::optional<Error> failure;  ///< for Ending::failed
};

struct DeletionPlan {
  Selection selection;
  std::int64_t expected = 0;  ///< what the preview counted, for progress and for choosing the way
  bool include_held = false;
  backup::BackupSink* sink = nullptr;
  /// Asked between batches.
  std::function<bool()> stop = [] { return false; };
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

/// Outside a transaction. Throws Error (unsupported) before anything is deleted; whatever fails later is in the result,
/// with what was done until then.
DeletionResult delete_tasks(const session::Database& database, const DeletionPlan& orders);

}  // namespace akqueue::queue
