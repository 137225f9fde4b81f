// What can be done to schedules, and what their rows look like afterwards. All rows of one command change in one
// transaction, after their former values are on the disk.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "backup/sink.hpp"
#include "queue/schedules.hpp"

namespace akqueue::queue {

enum class ScheduleChange {
  pause,    ///< no more tasks, whatever becomes of the workers
  hold,     ///< none before a time; then by its crontab again, by itself
  resume,   ///< by its crontab again, from its next time on
  run,      ///< once now; the workers are woken
  crontab,  ///< another crontab
};

/// `schedule-pause` and so on: as the header of its record has it.
std::string_view schedule_change_name(ScheduleChange change);
/// Nothing for a name that this version does not know, and for changes of tasks.
std::optional<ScheduleChange> schedule_change_named(std::string_view name);
/// Whether a record of this change is one of schedules, also of those that this version does not know.
bool is_of_schedules(std::string_view name);

struct ScheduleWays {
  ScheduleChange change = ScheduleChange::pause;
  /// Whether this release keeps a pause over the start of a worker (2026.8 on). Where it does not, a schedule is paused
  /// by a next run that never comes.
  bool keeps_pauses = true;
  std::int64_t hold_s = 0;   ///< for hold: how long
  std::string crontab = {};  ///< for crontab: one that parses and has a next time
  bool even_paused = false;  ///< for run: a paused one is resumed
};

/// Whether `authentik`, a version, keeps them; where it is not known, by what 2026.8 has in its tables.
bool keeps_pauses(const session::Database& database, const std::string& authentik);

/// What a change makes of a row.
struct ScheduleValues {
  bool paused = false;
  Timestamp next_run = 0;
  std::string crontab;

  bool operator==(const ScheduleValues&) const = default;
};
ScheduleValues values_of(const Schedule& schedule);

/// A schedule, and what becomes of it.
struct ScheduleVerdict {
  Schedule schedule;
  std::optional<ScheduleValues> after;  ///< nothing: it is left alone
  std::string why = {};                 ///< in words, where it is left alone
};

/// What `ways` makes of each at this moment.
std::vector<ScheduleVerdict> judge_schedules(const std::vector<Schedule>& schedules, const ScheduleWays& ways,
                                             Timestamp now);

/// `[{"id", "paused", "next_run", "crontab"}]` of those that change, for the header of the record.
Json as_left(const std::vector<ScheduleVerdict>& verdicts);

struct ScheduleDeed {
  std::vector<ScheduleVerdict> verdicts;  ///< as they were when they were locked
  bool committed = false;
  bool in_doubt = false;  ///< COMMIT was sent and never answered
  std::optional<Error> failure = {};
};

/// Locks the rows of `preview` that are to change, judges them again, has them recorded, changes them. Those that
/// changed since, are locked or gone are left alone, with the reason. `open` makes the record for what will be done,
/// and is not called where nothing is. Outside a transaction. A failure is in the result.
using OpenRecord = std::function<backup::BackupSink*(const std::vector<ScheduleVerdict>& verdicts)>;
ScheduleDeed change_schedules(const session::Database& database, const std::vector<ScheduleVerdict>& preview,
                              const ScheduleWays& ways, const OpenRecord& open);

/// The table of schedules as a catalog of its own. Throws Error (unsupported) where the release has none.
session::Catalog schedule_catalog(session::Session& session);

/// UPDATE … SET paused, crontab, next_run of one row. In a transaction.
void write_schedule(const session::Database& database, const session::Table& table, const Uuid& id,
                    const ScheduleValues& values);

/// SELECT … FOR UPDATE of these, without those that somebody has locked. In a transaction.
std::vector<Schedule> lock_schedules(const session::Database& database, const session::Table& table,
                                     const std::vector<Uuid>& ids);

}  // namespace akqueue::queue
