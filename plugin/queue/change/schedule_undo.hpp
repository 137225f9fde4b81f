// Takes a change of schedules back: each that is still as the change left it becomes what the record says it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/reader.hpp"
#include "queue/change/schedule_change.hpp"

namespace akqueue::queue {

/// What becomes of each schedule of the record, as it was: `after` is what it becomes again. One that ran since, or
/// whose next time is over, gets its next regular time.
struct ScheduleUndo {
  std::vector<ScheduleVerdict> verdicts;
  bool committed = false;
  bool in_doubt = false;
  std::optional<Error> failure = {};

  std::int64_t taken_back() const;
};

/// What would be taken back now; changes nothing. Outside a transaction.
ScheduleUndo judge_schedule_undo(const session::Database& database, backup::BackupFile& record);

/// Takes it back in one transaction. Outside a transaction. A failure is in the result.
ScheduleUndo undo_schedules(const session::Database& database, backup::BackupFile& record);

}  // namespace akqueue::queue
