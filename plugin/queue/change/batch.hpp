// One short transaction that deletes some tasks with everything that belongs to them.
//
// The rows are locked (those that others have locked are passed over), their ids and places go into a temporary table,
// then each table gets one plain DELETE. Measured (tests/bench): close to one statement over all rows, and the same
// text runs on both engines.
//
// The requests of a batch travel together, with the COMMIT of the one before: a batch costs one round trip.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/other_rows.hpp"
#include "backup/sink.hpp"
#include "queue/change/brake.hpp"
#include "queue/change/foreign_keys.hpp"
#include "queue/measure/selection_counts.hpp"

namespace akqueue::queue {

struct BatchLimits {
  int statement_timeout_ms = 10'000;
  int lock_timeout_ms = 2'000;
  Brake* brake = nullptr;  ///< its looks travel with batches
};

struct BatchResult {
  backup::Tally deleted;
  std::int64_t held = 0;         ///< passed over: workers have them in hand (filter/in_hand.hpp)
  backup::OtherRows other_rows;  ///< deleted from referencing tables
  std::int64_t left = 0;         ///< rows that were chosen, and too heavy beside the others: a later batch finds them
  std::int64_t bytes = 0;        ///< of the rows that the sink took
  /// From the batch's requests to its COMMIT, and to the answer to that once it has come.
  std::chrono::milliseconds took{0};
  std::chrono::milliseconds line{0};  ///< of that, roughly one round trip, whatever the number of rows
  std::chrono::milliseconds disk{0};  ///< of that, what the sink took to make the rows durable

  /// What the database did for the rows.
  std::chrono::milliseconds work() const { return took - line - disk; }
};

/// Which rows a batch is about.
struct BatchRows {
  /// A condition on the task row `t`, with its values.
  using Restriction = std::function<std::string(session::Statement& statement)>;

  const Selection* selection = nullptr;  ///< lives until the batch is done
  Restriction condition;                 ///< those of the selection for which it holds
  std::int64_t limit = 0;                ///< so many of them; 0: all
};

class Batch {
 public:
  /// `all` is what the batches together delete. With a null `sink` the rows are not kept. Throws Error (unsupported),
  /// see rows_to_delete_first().
  Batch(session::Database database, const Selection& all, bool include_held, backup::BackupSink* sink,
        BatchLimits limits);
  ~Batch() { abandon(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  /// From now on rows of these tables count for the weight of their tasks (batch_weight.hpp).
  void weigh(std::vector<ReferencingRows> counted) { counted_ = std::move(counted); }

  /// Tasks of a batch whose COMMIT was sent and never answered: only the table can tell whether they are deleted.
  std::int64_t in_doubt() const { return in_doubt_; }

  /// What comes after a batch that is about to be committed: its rows are sealed.
  using Next = std::function<std::optional<BatchRows>(const BatchResult& result)>;

  /// One transaction. If `next` names another batch, its requests travel with the COMMIT, and it must be what the next
  /// call is about, or be abandoned. If this throws, neither of them is done.
  BatchResult run(const BatchRows& rows, const Next& next);
  /// One alone.
  BatchResult run(const BatchRows& rows) {
    return run(rows, [](const BatchResult&) { return std::nullopt; });
  }

  /// Whether another batch has travelled ahead.
  bool is_ahead() const { return open_; }
  /// Rolls back a batch that travelled ahead.
  void abandon() noexcept;

 private:
  using Requests = std::vector<session::Request>;
  using Clock = std::chrono::steady_clock;

  /// What the answers of a batch say.
  struct Answers {
    std::int64_t held = 0;
    std::int64_t left = 0;
    std::int64_t tasks = 0;
    backup::Tally tally;
    backup::OtherRows other_rows;
    std::string transaction;

    std::int64_t rows() const { return tasks + other_rows.total(); }
  };

  void begin(const BatchRows& rows);
  void seal(BatchResult& result);
  void commit(const std::optional<BatchRows>& following);
  session::TransactionSettings settings() const;

  Requests requests(const BatchRows& rows);
  void fill(const BatchRows& rows, Requests& together);
  void drop_held(Requests& together);
  void drop_heavy(Requests& together);
  void drop_awaited(Requests& together);
  void delete_all(Requests& together);
  /// Rows whose `key` is among the batch's `batch_column`.
  void delete_rows(const session::Table& table, const std::string& key, const std::string& batch_column,
                   std::function<void(std::int64_t)> gone, Requests& together);
  void tell(Requests& together);
  backup::TableSink& sink_for(const session::Table& table);
  std::int64_t bytes() const;

  session::Database database_;
  const Selection& all_;
  std::vector<ReferencingRows> first_;
  std::vector<ReferencingRows> counted_;
  bool include_held_;
  backup::BackupSink* sink_;
  BatchLimits limits_;
  std::map<const session::Table*, backup::TableSink> sinks_;
  Answers answers_;
  bool open_ = false;        ///< a transaction was begun and not ended
  Clock::time_point sent_;   ///< when the requests of the open batch were
  Clock::time_point began_;  ///< its transaction, as far as can be told from here
  /// Answer so far to a request that costs the database little.
  std::chrono::nanoseconds quickest_{std::chrono::nanoseconds::max()};
  std::int64_t in_doubt_ = 0;
};

}  // namespace akqueue::queue
