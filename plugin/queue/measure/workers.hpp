// What the database knows about workers: when each last reported, and what each holds now.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "queue/measure/heartbeats.hpp"

namespace akqueue::queue {

struct WorkersSeen {
  Timestamp now = 0;
  Heartbeats heartbeats;
  std::map<std::string, std::int64_t> held;  ///< tasks by the address of their holder (the replica: its pod)
  std::int64_t stranded = 0;                 ///< locked, with nobody behind the lock (queue/filter/in_hand.hpp)
  std::int64_t queued = 0;                   ///< how many wait, estimated where counting is slow
  bool queued_estimated = false;

  std::int64_t held_in_all() const;
};

/// In a read-only transaction that began at `now`. Behind a pooler one worker can have taken `most_each`
/// (none_beyond()).
WorkersSeen read_workers(const session::Database& database, Timestamp now,
                         std::optional<std::int64_t> most_each = std::nullopt);

}  // namespace akqueue::queue
