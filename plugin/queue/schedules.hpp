// What authentik's scheduler enqueues by itself: it tells whether deleted tasks come back, and when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "queue/measure/selection_counts.hpp"

namespace akqueue::queue {

struct Schedule {
  std::string actor;
  std::string crontab;
  bool paused = false;
  std::optional<Timestamp> next_run;
};

/// All schedules, next first; none if the release has no such table. In a transaction.
std::vector<Schedule> read_schedules(const session::Database& database);

}  // namespace akqueue::queue
