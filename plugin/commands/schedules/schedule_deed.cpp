#include "commands/schedules/schedule_deed.hpp"

#include <optional>

#include "backup/format.hpp"
#include "commands/schedules/schedule_text.hpp"

namespace akqueue::commands {
namespace {

/// A header of its own: the schedules' table alone, and what becomes of each row.
backup::BackupHeader header_of_schedules(const Site& site, const backup::HistoryEntry& entry,
                                         const session::Catalog& catalog,
                                         const std::vector<queue::ScheduleVerdict>& verdicts) {
  backup::BackupHeader header = backup_header(site, entry);
  header.tables = {backup::kept(catalog.tables.front(), *site.dialect)};
  header.left = queue::as_left(verdicts);
  return header;
}

/// What the record could not take at its end does not undo the change, and must be said.
void end_schedule_record(Recorder& recorder, RecordedSchedules& done) {
  try {
    recorder.finish({.tasks = done.changed(), .ending = ending_word(done.ending)});
  } catch (const Error& error) {
    if (!done.deed.failure) done.deed.failure = error;
    if (done.ending == Ending::complete) done.ending = Ending::failed;
  }
  done.record = recorder.path();
  done.bytes = recorder.bytes();
}

}  // namespace

std::int64_t RecordedSchedules::changed() const { return deed.committed ? changing(deed.verdicts) : 0; }

SchedulePlan plan_schedules(const cli::Environment& environment, const Site& site, const KeepRequest& keep,
                            const std::vector<queue::ScheduleVerdict>& verdicts, Timestamp now) {
  SchedulePlan plan{.entry = entry_of(keep, site, named_schedules(verdicts), changing(verdicts), now), .record = {}};
  plan.entry.line = environment.command_line;
  plan.record = plan_backup(environment.state, site, keep, plan.entry);
  return plan;
}

RecordedSchedules change_recorded(const cli::Environment& environment, const Site& site, const SchedulePlan& plan,
                                  const std::vector<queue::ScheduleVerdict>& verdicts,
                                  const queue::ScheduleWays& ways) {
  const session::Catalog catalog = queue::schedule_catalog(*site.session);
  std::optional<Recorder> recorder;
  RecordedSchedules done;
  {
    const system::Interrupts::Grace grace(environment.interrupts);
    done.deed = queue::change_schedules(
        site.database(), verdicts, ways, [&](const std::vector<queue::ScheduleVerdict>& changed) {
          recorder.emplace(environment.state, header_of_schedules(site, plan.entry, catalog, changed), plan.record,
                           plan.entry);
          return recorder->sink();
        });
  }
  if (done.deed.failure)
    done.ending = done.deed.failure->code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
  if (recorder) end_schedule_record(*recorder, done);
  return done;
}

}  // namespace akqueue::commands
