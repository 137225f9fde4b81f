// The queue at a glance: tasks by queue and state, what is due, what workers hold, who is alive, how large it all is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "queue/measure/flow.hpp"
#include "queue/measure/heartbeats.hpp"
#include "queue/measure/log_levels.hpp"
#include "queue/schedules.hpp"

namespace akqueue::queue {

struct QueueState {
  QueueCount count;
  std::optional<Timestamp> oldest;  ///< mtime
};

struct TableSize {
  std::string table;
  std::int64_t bytes = 0;
  std::optional<std::int64_t> rows_estimate;
  std::optional<std::int64_t> slack;  ///< bytes that its rows do not need (slack_of())
};

struct QueueStatus {
  Timestamp now = 0;  ///< the database's clock
  std::vector<QueueState> states;
  std::int64_t held = 0;      ///< taken by a worker that is alive
  std::int64_t stranded = 0;  ///< locked, with nobody behind the lock (queue/filter/in_hand.hpp)
  std::int64_t ending = 0;    ///< just ending
  std::int64_t orphaned = 0;  ///< taken by a worker that died
  Heartbeats heartbeats;
  std::vector<Schedule> stopped;  ///< schedules that somebody has paused, or that are held
  std::vector<TableSize> tables;
  Flow flow;
  LogLevels log_levels;  ///< by add_log_levels()
  bool log_levels_in_time = true;

  std::int64_t total() const;
  std::int64_t taken() const { return held + stranded + ending + orphaned; }
  /// Of all queues; `now` and `later` split the queued tasks.
  std::int64_t queued() const;
  std::int64_t queued_later() const;
  std::int64_t finished() const;
  /// Whether some count is an estimate.
  bool estimated() const;
  std::optional<Timestamp> oldest_queued() const;
  std::optional<Timestamp> next_eta() const;

  /// How long `the last minutes` are.
  static constexpr std::int64_t kFlowSeconds = 300;
};

/// Cheap on ten million rows: what can't be counted from an index in a moment is estimated, and says so.
/// In a read-only transaction that began at `now`.
QueueStatus read_status(const session::Database& database, Timestamp now, const CountLimits& limits = {});

/// The one part of a status that may take long: each finished task takes a look into the log, and if its statistics are
/// older than a flood, the database may read the whole log for each. So it has a transaction and a time limit of its
/// own. Outside a transaction.
void add_log_levels(const session::Database& database, QueueStatus& status, const CountLimits& limits = {},
                    int time_limit_ms = 3'000);

}  // namespace akqueue::queue
