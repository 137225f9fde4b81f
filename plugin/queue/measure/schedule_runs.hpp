// How the runs of schedules went, as far as their tasks are still in the table. A task that the scheduler made has the
// schedule as its related object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "akqueue/time.hpp"
#include "akqueue/uuid.hpp"
#include "queue/filter/selection.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct ScheduleRun {
  std::string task;
  std::string state;                    ///< done or rejected
  std::string level;                    ///< the worst of its log; empty for none
  std::optional<Timestamp> ended;       ///< when it came into that state
  std::optional<std::int64_t> took_ms;  ///< of the last attempt; nothing where the log does not tell
};

struct ScheduleRuns {
  std::int64_t tasks = 0;
  std::int64_t unfinished = 0;
  std::optional<Timestamp> oldest_unfinished;
  std::vector<ScheduleRun> last;  ///< that are finished, the last first; at most kLastRuns
};

inline constexpr int kLastRuns = 5;

/// The schedules that made tasks of this selection which are not finished. One scan. In a transaction.
std::set<Uuid> schedules_behind(const session::Database& database, const Selection& selection);

/// By the schedule's id; without those that have no task. One scan over the tasks of schedules. In a transaction.
std::map<Uuid, ScheduleRuns> read_schedule_runs(const session::Database& database);

}  // namespace akqueue::queue
