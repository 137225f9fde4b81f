// One short transaction that deletes some tasks with everything that belongs to them.
//
// Ids and places go into a temporary table, locked (rows that others have locked are passed over), then one plain
// DELETE a table. Measured (tests/bench): close to one statement over all rows, and the same text runs on both engines.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "backup/sink.hpp"
#include "queue/change/foreign_keys.hpp"
#include "queue/measure/selection_counts.hpp"

namespace akqueue {

struct BatchLimits {
  int statement_timeout_ms = 10'000;
  int lock_timeout_ms = 2'000;
};

struct BatchResult {
  Tally deleted;
  std::int64_t held = 0;        ///< passed over: a live worker holds them
  std::int64_t other_rows = 0;  ///< deleted from referencing tables
  std::int64_t bytes = 0;       ///< of the rows that the sink took
  std::chrono::milliseconds took{0};
  std::chrono::milliseconds line{
      0};  ///< of that, about what its requests were on their way, however few rows there are
  std::chrono::milliseconds disk{0};  ///< of that, what the sink took to make the rows durable

  /// What the database did for the rows.
  std::chrono::milliseconds work() const { return took - line - disk; }
};

class Batch {
 public:
  /// `all` is what the batches together delete. `sink` may be null: the rows are gone then. Throws Error (unsupported),
  /// see rows_to_delete_first().
  Batch(Database database, const Selection& all, bool include_held, BackupSink* sink, BatchLimits limits);

  /// A condition on the task row `t` that says which rows this batch is about, with its values.
  using Restriction = std::function<std::string(Statement& statement)>;

  /// Tasks of a batch whose COMMIT was sent and never answered: deleted or not, only the table knows.
  std::int64_t in_doubt() const { return in_doubt_; }

  /// One transaction over the rows of `selection` under `condition`, `limit` of them where that is not 0.
  BatchResult run(const Selection& selection, const Restriction& condition, std::int64_t limit);

 private:
  void fill(const Selection& selection, const Restriction& condition, std::int64_t limit);
  std::int64_t drop_held();
  void drop_awaited();
  std::int64_t delete_referencing(const ReferencingRows& rows);
  std::int64_t delete_tasks();
  /// Rows whose `key` is among the batch's `batch_column`.
  std::int64_t delete_rows(const Table& table, const std::string& key, const std::string& batch_column);
  Tally tally();
  std::string transaction_id();

  Database database_;
  const Selection& all_;
  std::vector<ReferencingRows> first_;
  bool include_held_;
  BackupSink* sink_;
  BatchLimits limits_;
  std::chrono::nanoseconds quickest_{
      std::chrono::nanoseconds::max()};  // answer to a request that costs the database nothing
  std::int64_t in_doubt_ = 0;
  std::int64_t bytes_ = 0;  // of the batch, that the sink has taken
};

}  // namespace akqueue
