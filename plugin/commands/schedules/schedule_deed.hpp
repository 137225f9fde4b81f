// A change of schedules, carried out, with its record and its two lines in the history.
#pragma once

#include <string>
#include <vector>

#include "akqueue/ending.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/schedule_change.hpp"

namespace akqueue::commands {

struct RecordedSchedules {
  queue::ScheduleDeed deed;
  Ending ending = Ending::complete;
  std::string record = {};  ///< the file; empty where nothing was to be done
  std::int64_t bytes = 0;   ///< of that

  /// How many are changed for certain.
  std::int64_t changed() const;
};

/// The entry and the place of the record, for those that change. Throws Error (system, refused).
struct SchedulePlan {
  backup::HistoryEntry entry;
  BackupPlan record;
};
SchedulePlan plan_schedules(const cli::Environment& environment, const Site& site, const KeepRequest& keep,
                            const std::vector<queue::ScheduleVerdict>& verdicts, Timestamp now);

/// Outside a transaction. The first Ctrl-C waits for its end. A failure is in the result.
RecordedSchedules change_recorded(const cli::Environment& environment, const Site& site, const SchedulePlan& plan,
                                  const std::vector<queue::ScheduleVerdict>& verdicts, const queue::ScheduleWays& ways);

}  // namespace akqueue::commands
