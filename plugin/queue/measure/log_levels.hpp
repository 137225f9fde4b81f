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
  std::int64_t sampled = 0;        ///< the finished tasks in that sample
  /// Each count is at most so many tasks off, nineteen times in twenty; 0 where all were counted.
  std::int64_t margin = 0;
};

/// What one page has of a level, and of all finished tasks.
struct PageShare {
  std::int64_t of_level = 0;
  std::int64_t finished = 0;
};

/// How far the share of a level, as whole pages chosen at random have it, may be from that of all of them (0 to 1),
/// nineteen times in twenty. Tasks of one page came together and ended alike, so that pages, not tasks, are what was
/// drawn; a page without the level counts too. 1 for fewer than two pages.
double margin_of_share(const std::vector<PageShare>& pages);

/// Empty if this release keeps no log that is known. Where there are more than limits.levels_up_to, from a sample with
/// about limits.sampled_levels of them. `finished`: how many finished tasks there are to sample from.
/// In a transaction.
LogLevels read_log_levels(const session::Database& database, std::int64_t finished, const CountLimits& limits);

}  // namespace akqueue::queue
