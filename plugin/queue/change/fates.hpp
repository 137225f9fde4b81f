// What has become of tasks that were put back into the queue.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "akqueue/uuid.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// Counts of tasks.
struct Fates {
  std::int64_t waiting = 0;   ///< in the queue, or for others; not tried yet
  std::int64_t running = 0;   ///< a worker has taken them
  std::int64_t finished = 0;  ///< done
  std::int64_t again = 0;     ///< failed, and wait for their next try
  std::int64_t rejected = 0;  ///< failed, and are given up
  std::int64_t gone = 0;      ///< in the table no more
  /// Of those that failed, by the last error of their log (ids and numbers folded; empty: none is logged).
  std::map<std::string, std::int64_t> errors = {};

  std::int64_t failed() const { return again + rejected; }
  /// Whether nothing more is to be seen soon: what waits for its next try may wait for long.
  bool settled() const { return waiting == 0 && running == 0; }
};

/// By id, a statement for some thousands. In a transaction.
Fates read_fates(const session::Database& database, std::span<const Uuid> ids);

}  // namespace akqueue::queue
