// One short transaction that changes some tasks: the rows are locked (those that others have locked are passed over)
// and judged again, their former values go to the record, then each table gets one UPDATE for all rows that become
// alike.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/sink.hpp"
#include "queue/change/batch.hpp"
#include "queue/change/verdict.hpp"

namespace akqueue::queue {

struct ChangeBatchResult {
  backup::Tally changed;         ///< by the state that they had
  std::vector<Uuid> ids;         ///< of these
  std::vector<Uuid> unreadable;  ///< left alone: their messages can't be read
  std::int64_t log_rows = 0;     ///< that were marked
  BatchResult cost;              ///< its times and bytes
};

class ChangeBatch {
 public:
  ChangeBatch(session::Database database, const ChangeWays& ways, backup::BackupSink& record, BatchLimits limits);

  /// Tasks of a batch whose COMMIT was sent and never answered: only the table can tell whether they are changed.
  std::int64_t in_doubt() const { return in_doubt_; }

  /// One transaction over the rows of `selection` under `condition` that the change takes, at most `limit` of them.
  ChangeBatchResult run(const Selection& selection, const BatchRows::Restriction& condition, std::int64_t limit);

 private:
  void fill(const Selection& selection, const BatchRows::Restriction& condition, std::int64_t limit);
  void drop_held();
  std::int64_t keep_tasks(ChangeBatchResult& result);
  std::int64_t keep_logs();
  std::int64_t mark_logs();
  void add_logs(Timestamp now);
  std::int64_t update_tasks(Timestamp now);
  std::string assignments(session::Statement& statement, const std::string& state, std::int64_t retries,
                          Timestamp now) const;
  backup::Tally tally();
  std::string transaction_id();

  session::Database database_;
  const ChangeWays& ways_;
  backup::BackupSink& record_;
  BatchLimits limits_;
  std::chrono::nanoseconds quickest_{std::chrono::nanoseconds::max()};
  std::int64_t in_doubt_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace akqueue::queue
