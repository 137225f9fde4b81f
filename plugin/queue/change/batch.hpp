// One short transaction that deletes some tasks with everything that belongs to them.
//
// The rows are locked (those that others have locked are passed over), their ids and places go into a temporary table,
// then each table gets one plain DELETE. Measured (tests/bench): close to one statement over all rows, and the same
// text runs on both engines.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "backup/other_rows.hpp"
#include "backup/sink.hpp"
#include "queue/change/foreign_keys.hpp"
#include "queue/measure/selection_counts.hpp"

namespace akqueue::queue {

struct BatchLimits {
  int statement_timeout_ms = 10'000;
  int lock_timeout_ms = 2'000;
};

struct BatchResult {
  backup::Tally deleted;
  std::int64_t held = 0;         ///< passed over: workers have them in hand (filter/in_hand.hpp)
  backup::OtherRows other_rows;  ///< deleted from referencing tables
  std::int64_t bytes = 0;        ///< of the rows that the sink took
  std::chrono::milliseconds took{0};
  std::chrono::milliseconds line{
      0};  ///< of that, roughly what its requests spent on the network, whatever the number of rows
  std::chrono::milliseconds disk{0};  ///< of that, what the sink took to make the rows durable

  /// What the database did for the rows.
  std::chrono::milliseconds work() const { return took - line - disk; }
};

class Batch {
 public:
  /// `all` is what the batches together delete. With a null `sink` the rows are not kept. Throws Error (unsupported),
  /// see rows_to_delete_first().
  Batch(session::Database database, const Selection& all, bool include_held, backup::BackupSink* sink,
        BatchLimits limits);

  /// A condition on the task row `t` that says which rows this batch is about, with its values.
  using Restriction = std::function<std::string(session::Statement& statement)>;

  /// Tasks of a batch whose COMMIT was sent and never answered: only the table can tell whether they are deleted.
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
  std::int64_t delete_rows(const session::Table& table, const std::string& key, const std::string& batch_column);
  backup::Tally tally();
  std::string transaction_id();

  session::Database database_;
  const Selection& all_;
  std::vector<ReferencingRows> first_;
  bool include_held_;
  backup::BackupSink* sink_;
  BatchLimits limits_;
  std::chrono::nanoseconds quickest_{
      std::chrono::nanoseconds::max()};  // answer so far to a request that costs the database nothing
  std::int64_t in_doubt_ = 0;
  std::int64_t bytes_ = 0;  // of the batch, taken by the sink
};

}  // namespace akqueue::queue
