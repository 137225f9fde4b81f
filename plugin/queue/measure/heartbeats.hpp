// Which workers have reported, and which of them live. A worker writes a heartbeat every 30 s, and holds a lock while
// it lives: the lock says within a moment that it died, the heartbeat only after three that are missed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

struct WorkerHeartbeat {
  std::string hostname;
  std::string version;
  std::optional<Timestamp> last_seen;
  bool alive = false;   ///< holds its lock; where locks don't tell, it has reported in the last kAliveSeconds
  bool recent = false;  ///< has reported in the last kAliveSeconds, or is alive
};

struct Heartbeats {
  bool kept = false;                     ///< the release keeps them
  std::vector<WorkerHeartbeat> workers;  ///< last seen first

  std::int64_t alive() const;
  /// No worker has given any sign of life: what is locked still is held by none.
  bool nobody_lives() const;
};

/// What is locked, by whether anybody can be behind the lock (queue/filter/in_hand.hpp).
struct Locked {
  std::int64_t held = 0;
  std::int64_t stranded = 0;
};

/// For behind a pooler, where locks outlive their workers: what more is locked than the workers that live can have
/// taken, `most_each` each, is stranded. (That a lock's connection serves others meanwhile proves nothing: the pooler
/// lends those of living workers too.) Where that or who lives is not known, all stays as it is.
Locked none_beyond(Locked locked, const Heartbeats& heartbeats, std::optional<std::int64_t> most_each);

/// After three missed heartbeats a worker counts as dead.
inline constexpr std::int64_t kAliveSeconds = 90;

/// A few rows, and one look at the locks. In a transaction that began at `now`.
Heartbeats read_heartbeats(const session::Database& database, Timestamp now);

/// The same from `table`, the workers' table in SQL, which the catalog was asked for once; empty for none.
Heartbeats read_heartbeats(const session::Database& database, const std::string& table, Timestamp now);

/// The workers' table in SQL; empty if the release has none. One round trip.
std::string find_workers_table(const session::Database& database);

/// `database` as it is to be asked about locks, once it is known who lives.
session::Database with_workers(session::Database database, const Heartbeats& heartbeats);

}  // namespace akqueue::queue
