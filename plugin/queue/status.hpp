// One glance at the queue: tasks by queue and state, what is due, what workers hold, who is alive, how large it all is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "queue/survey.hpp"

namespace akqueue {

struct QueueState {
  std::string queue;
  std::string state;
  std::int64_t tasks = 0;
  std::int64_t later = 0;  ///< with an eta in the future
  std::optional<Timestamp> oldest;    ///< mtime
  std::optional<Timestamp> next_eta;  ///< the earliest eta in the future
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
  std::int64_t held = 0;      ///< taken by a worker that lives
  std::int64_t orphaned = 0;  ///< taken by a worker that died
  std::vector<WorkerHeartbeat> workers;  ///< last seen first
  std::vector<TableSize> tables;

  std::int64_t total() const;
  /// Over all queues; `now` and `later` split the queued tasks.
  std::int64_t queued() const;
  std::int64_t queued_later() const;
  std::optional<Timestamp> oldest_queued() const;
  std::optional<Timestamp> next_eta() const;
  std::int64_t workers_alive() const;

  /// A worker writes its heartbeat every 30 s; three missed ones are a dead worker.
  static constexpr std::int64_t kAliveSeconds = 90;
};

/// In a read-only transaction that began at `now`.
QueueStatus read_status(const Database& database, Timestamp now);

}  // namespace akqueue
