// What the database knows of workers: when each reported last, and what each holds now.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "queue/measure/status.hpp"

namespace akqueue {

struct WorkersSeen {
  Timestamp now = 0;
  std::vector<WorkerHeartbeat> heartbeats;   ///< last seen first; none where the release keeps none
  std::map<std::string, std::int64_t> held;  ///< tasks by the address of their holder (the replica: its pod)
  std::int64_t queued = 0;                   ///< how many wait, estimated where that is dear
  bool queued_estimated = false;

  std::int64_t held_in_all() const;
};

/// In a read-only transaction that began at `now`.
WorkersSeen read_workers(const Database& database, Timestamp now);

}  // namespace akqueue
