// Finished tasks by the worst level in the log of their last attempt. The state alone says little: since 2025.10 a task
// that logged errors and went on shows as done like any other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "queue/measure/queue_counts.hpp"

namespace akqueue::queue {

struct LevelCount {
  std::string level;  ///< empty: no log
  std::int64_t tasks = 0;
};

struct LogLevels {
  std::vector<LevelCount> levels;  ///< the worst first
  bool estimated = false;          ///< from a sample of the table's pages
};

/// Empty if this release keeps no log that is known. `finished`: how many finished tasks there are to sample from.
/// In a transaction.
LogLevels read_log_levels(const session::Database& database, std::int64_t finished, const CountLimits& limits);

}  // namespace akqueue::queue
