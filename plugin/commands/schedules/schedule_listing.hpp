// Schedules with how their runs went, as list and show tell of them.
#pragma once

#include <vector>

#include "commands/shared/output.hpp"
#include "commands/shared/site.hpp"
#include "queue/measure/schedule_runs.hpp"
#include "queue/schedules.hpp"

namespace akqueue::commands {

struct ScheduleLine {
  queue::Schedule schedule;
  queue::ScheduleRuns runs = {};
  std::string object = {};  ///< `authentik_outposts.outpost/ID`; empty for none
  bool blocked = false;     ///< this release passes it over, because it has an unfinished task
};

struct ScheduleLines {
  Timestamp now = 0;
  std::vector<ScheduleLine> lines = {};
  bool logs = true;  ///< this release has a log that tells how long runs took
};

/// Of all schedules, or of those that are named. One read-only snapshot. Throws Error (usage) for a name that is none.
ScheduleLines read_schedule_lines(const Site& site, const std::vector<std::string>& named);

Json json_of_line(const ScheduleLine& line, Timestamp now);

/// `done`, `done, warning`, `rejected`: how a run ended.
std::string run_words(const queue::ScheduleRun& run);

}  // namespace akqueue::commands
