// One glance at the queue: tasks by queue and state, what is due, what workers hold, who is alive, how large it all is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "queue/measure/flow.hpp"
#include "queue/measure/log_levels.hpp"

namespace akqueue {

struct QueueState {
  QueueCount count;
  std::optional<Timestamp> oldest;  ///< mtime
};

struct WorkerHeartbeat {
  std::string hostname;
  std::string version;
  std::optional<Timestamp> last_seen;
};

struct TableSize {
  std::string table;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> rows_estimate;
};

struct QueueStatus {
  Timestamp now = 0;  ///< the database's clock
  std::vector<QueueState> states;
  std::int64_t held = 0;                 ///< taken by a worker that lives
  std::int64_t orphaned = 0;             ///< taken by a worker that died
  std::vector<WorkerHeartbeat> workers;  ///< last seen first
  std::vector<TableSize> tables;
  Flow flow;
  LogLevels log_levels;  ///< by add_log_levels()
  bool log_levels_in_time = true;

  std::int64_t total() const;
  /// Over all queues; `now` and `later` split the queued tasks.
  std::int64_t queued() const;
  std::int64_t queued_later() const;
  std::int64_t finished() const;
  /// Some count is an estimate.
  bool estimated() const;
  std::optional<Timestamp> oldest_queued() const;
  std::optional<Timestamp> next_eta() const;
  std::int64_t workers_alive() const;

  /// A worker writes its heartbeat every 30 s; three missed ones are a dead worker.
  static constexpr std::int64_t kAliveSeconds = 90;
  /// What `the last minutes` are.
  static constexpr std::int64_t kFlowSeconds = 300;
};

/// Last seen first; none where the release keeps none.
std::vector<WorkerHeartbeat> read_heartbeats(const Database& database);

/// Cheap on ten million rows: what can't be counted from an index in a moment is estimated, and says so.
/// In a read-only transaction that began at `now`.
QueueStatus read_status(const Database& database, Timestamp now, const CountLimits& limits = {});

/// The one question of a status that may take long: each finished task is a look into the log, and where the database's
/// statistics are older than a flood it may choose to read the whole log for each. So it has a transaction and a time
/// limit of its own. Outside a transaction.
void add_log_levels(const Database& database, QueueStatus& status, const CountLimits& limits = {},
                    int time_limit_ms = 3'000);

}  // namespace akqueue
