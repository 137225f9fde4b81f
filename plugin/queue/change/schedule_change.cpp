#include "queue/change/schedule_change.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "backup/format.hpp"
#include "queue/release.hpp"

namespace akqueue::queue {
namespace {

constexpr std::array<std::pair<ScheduleChange, std::string_view>, 5> kScheduleChanges{
    {{ScheduleChange::pause, "schedule-pause"},
     {ScheduleChange::hold, "schedule-hold"},
     {ScheduleChange::resume, "schedule-resume"},
     {ScheduleChange::run, "schedule-run"},
     {ScheduleChange::crontab, "schedule-crontab"}}};
constexpr std::string_view kOfSchedules = "schedule-";
constexpr session::TransactionSettings kChangingSchedules{
    .read_only = false, .statement_timeout_ms = 30'000, .lock_timeout_ms = 5'000};

/// What authentik's trigger makes of the next run of a schedule that is paused.
constexpr Timestamp kEpoch = 0;

std::optional<ScheduleValues> regular(const Schedule& schedule, const std::string& crontab, Timestamp after) {
  Schedule one = schedule;
  one.crontab = crontab;
  const auto next = regular_run_after(one, after);
  return next ? std::optional(ScheduleValues{false, *next, crontab}) : std::nullopt;
}

class Judge {
 public:
  Judge(const ScheduleWays& ways, Timestamp now) : ways_(ways), now_(now) {}

  ScheduleVerdict operator()(const Schedule& schedule) const {
    const Standing standing = standing_of(schedule, now_);
    switch (ways_.change) {
      case ScheduleChange::pause: return pause(schedule, standing);
      case ScheduleChange::hold: return hold(schedule, standing);
      case ScheduleChange::resume: return resume(schedule, standing);
      case ScheduleChange::run: return run(schedule, standing);
      case ScheduleChange::crontab: return another_crontab(schedule, standing);
    }
    return {schedule, std::nullopt, ""};
  }

 private:
  static ScheduleVerdict left(const Schedule& schedule, const char* why) { return {schedule, std::nullopt, why}; }

  static ScheduleVerdict made(const Schedule& schedule, const std::optional<ScheduleValues>& values) {
    if (!values) return left(schedule, "its crontab has no next time");
    return {schedule, values, ""};
  }

  /// A pause that a starting worker would end is made one that lasts.
  ScheduleVerdict pause(const Schedule& schedule, Standing standing) const {
    if (standing == Standing::paused && (ways_.keeps_pauses || !schedule.paused))
      return left(schedule, "paused already");
    if (!ways_.keeps_pauses) return made(schedule, ScheduleValues{false, kNeverRuns, schedule.crontab});
    return made(schedule, ScheduleValues{true, kEpoch, schedule.crontab});
  }

  ScheduleVerdict hold(const Schedule& schedule, Standing standing) const {
    if (standing == Standing::paused) return left(schedule, "paused already, without an end");
    return made(schedule, regular(schedule, schedule.crontab, now_ + ways_.hold_s * kSecond));
  }

  ScheduleVerdict resume(const Schedule& schedule, Standing standing) const {
    if (standing == Standing::regular) return left(schedule, "not paused");
    return made(schedule, regular(schedule, schedule.crontab, now_));
  }

  ScheduleVerdict run(const Schedule& schedule, Standing standing) const {
    if (standing != Standing::regular && !ways_.even_paused)
      return left(schedule, "paused: --resume resumes it, and runs it");
    return made(schedule, ScheduleValues{false, now_, schedule.crontab});
  }

  /// What is paused or held stays so.
  ScheduleVerdict another_crontab(const Schedule& schedule, Standing standing) const {
    if (schedule.crontab == ways_.crontab) return left(schedule, "that is its crontab");
    if (standing == Standing::paused)
      return made(schedule, ScheduleValues{schedule.paused, schedule.next_run.value_or(kEpoch), ways_.crontab});
    const bool held = standing == Standing::held && schedule.next_run;
    return made(schedule, regular(schedule, ways_.crontab, held ? *schedule.next_run - 1 : now_));
  }

  const ScheduleWays& ways_;
  Timestamp now_;
};

std::vector<Uuid> ids_that_change(const std::vector<ScheduleVerdict>& verdicts) {
  std::vector<Uuid> ids;
  for (const ScheduleVerdict& one : verdicts) {
    if (one.after) ids.push_back(one.schedule.id);
  }
  return ids;
}

/// Each of the preview as it is now. That it ran meanwhile is no change.
std::vector<ScheduleVerdict> judge_again(const std::vector<ScheduleVerdict>& preview,
                                         const std::vector<Schedule>& locked, const ScheduleWays& ways, Timestamp now) {
  std::vector<ScheduleVerdict> verdicts;
  for (const ScheduleVerdict& before : preview) {
    if (!before.after) {
      verdicts.push_back(before);
      continue;
    }
    const auto found = std::ranges::find(locked, before.schedule.id, &Schedule::id);
    if (found == locked.end()) {
      verdicts.push_back({before.schedule, std::nullopt, "another transaction has it locked, or it is gone"});
    } else if (found->paused != before.schedule.paused || found->crontab != before.schedule.crontab) {
      verdicts.push_back({*found, std::nullopt, "somebody has changed it since the preview"});
    } else {
      verdicts.push_back(Judge(ways, now)(*found));
    }
  }
  return verdicts;
}

/// Tells the record how the transaction ended, whichever way it ended.
struct ScheduleOutcome {
  backup::BackupSink* record = nullptr;
  bool committed = false;
  bool certain = true;

  ~ScheduleOutcome() {
    if (record != nullptr) record->ended(committed, certain);
  }
};

/// The former rows, on the disk when it returns.
void keep_rows(const session::Database& database, const session::Table& table, const std::vector<Uuid>& ids,
               backup::BackupSink& record) {
  backup::TableSink sink(record, table);
  const std::int64_t rows = database.session.copy_out(
      "SELECT " + backup::kept_values(backup::kept(table, database.dialect), database.dialect, "r") + " FROM " +
          table.quoted() + " AS r WHERE " + database.dialect.is_one_of("r.id", ids),
      sink);
  if (rows != std::ssize(ids))
    throw Error(ErrorCode::unsupported,
                "the database gave " + std::to_string(rows) + " of the " + std::to_string(ids.size()) +
                    " schedules that were locked",
                "a policy or a rule in this database interferes; nothing was changed");
  std::string name;
  if (const std::string sql = database.dialect.transaction_id(); !sql.empty())
    database.session.query({sql}, [&](const session::Value& row) { name = session::text(row.at(0)); });
  record.seal(name, rows);
}

void wake_workers(const session::Database& database) {
  session::Statement statement;
  statement.sql = database.dialect.wake(statement, kDefaultQueue);
  database.session.execute(statement);
}

void carry_out_deed(const session::Database& database, const std::vector<ScheduleVerdict>& preview,
                    const ScheduleWays& ways, const OpenRecord& open, ScheduleDeed& deed) {
  const session::Catalog catalog = schedule_catalog(database.session);
  const session::Table& table = catalog.tables.front();
  ScheduleOutcome outcome;
  try {
    session::Transaction transaction(database.session, kChangingSchedules);
    deed.verdicts =
        judge_again(preview, lock_schedules(database, table, ids_that_change(preview)), ways, transaction.now());
    const std::vector<Uuid> ids = ids_that_change(deed.verdicts);
    if (ids.empty()) {
      deed.committed = true;
      return;
    }
    outcome.record = open(deed.verdicts);
    keep_rows(database, table, ids, *outcome.record);
    for (const ScheduleVerdict& one : deed.verdicts) {
      if (one.after) write_schedule(database, table, one.schedule.id, *one.after);
    }
    if (ways.change == ScheduleChange::run) wake_workers(database);
    deed.in_doubt = true;
    transaction.commit();
    deed.in_doubt = false;
    deed.committed = outcome.committed = true;
  } catch (const Error& error) {
    // An answer, even a bad one, leaves no doubt.
    if (!session::ends_session(error)) deed.in_doubt = false;
    outcome.certain = !deed.in_doubt;
    throw;
  }
}

}  // namespace

std::string_view schedule_change_name(ScheduleChange change) {
  for (const auto& [one, name] : kScheduleChanges) {
    if (one == change) return name;
  }
  return {};
}

std::optional<ScheduleChange> schedule_change_named(std::string_view name) {
  for (const auto& [change, one] : kScheduleChanges) {
    if (one == name) return change;
  }
  return std::nullopt;
}

bool is_of_schedules(std::string_view name) { return name.starts_with(kOfSchedules); }

bool keeps_pauses(const session::Database& database, const std::string& authentik) {
  if (const auto number = release_number(authentik)) return *number >= kKeepsPauses;
  return database.referencing(kDependencyTable) != nullptr;
}

ScheduleValues values_of(const Schedule& schedule) {
  return {schedule.paused, schedule.next_run.value_or(kEpoch), schedule.crontab};
}

std::vector<ScheduleVerdict> judge_schedules(const std::vector<Schedule>& schedules, const ScheduleWays& ways,
                                             Timestamp now) {
  std::vector<ScheduleVerdict> verdicts;
  for (const Schedule& schedule : schedules) verdicts.push_back(Judge(ways, now)(schedule));
  return verdicts;
}

Json as_left(const std::vector<ScheduleVerdict>& verdicts) {
  Json rows = Json::array();
  for (const ScheduleVerdict& one : verdicts) {
    if (one.after)
      rows.push_back({{"id", one.schedule.id.to_string()},
                      {"paused", one.after->paused},
                      {"next_run", format_timestamp(one.after->next_run)},
                      {"crontab", one.after->crontab}});
  }
  return rows;
}

session::Catalog schedule_catalog(session::Session& session) {
  session::Catalog catalog = session.introspect(kScheduleTable);
  if (catalog.tables.empty())
    throw Error(ErrorCode::unsupported, "the database has no table " + std::string(kScheduleTable),
                "is this a newer authentik, and has it migrated?");
  return catalog;
}

std::vector<Schedule> lock_schedules(const session::Database& database, const session::Table& table,
                                     const std::vector<Uuid>& ids) {
  session::Statement statement;
  const std::string listed = database.dialect.listed(statement, ids);
  statement.sql = "SELECT " + schedule_columns() + " FROM " + table.quoted() + " AS s WHERE " +
                  database.dialect.among("s.id", listed) + database.dialect.lock_rows("s");
  std::vector<Schedule> schedules;
  database.session.query(statement, [&](const session::Value& row) { schedules.push_back(schedule_of(row)); });
  return schedules;
}

void write_schedule(const session::Database& database, const session::Table& table, const Uuid& id,
                    const ScheduleValues& values) {
  session::Statement statement;
  const std::string next = database.dialect.from_text(
      "timestamp with time zone", "CAST(" + statement.bind(format_timestamp(values.next_run)) + " AS text)");
  statement.sql = "UPDATE " + table.quoted() + " SET paused = " + (values.paused ? "TRUE" : "FALSE") +
                  ", next_run = " + next + ", crontab = " + statement.bind(values.crontab) + " WHERE " +
                  database.dialect.is_one_of("id", {&id, 1});
  if (database.session.execute(statement) != 1)
    throw Error(ErrorCode::unsupported, "the database did not change schedule " + id.to_string() + ", which was locked",
                "a trigger or a rule in this database interferes; nothing was changed");
}

ScheduleDeed change_schedules(const session::Database& database, const std::vector<ScheduleVerdict>& preview,
                              const ScheduleWays& ways, const OpenRecord& open) {
  ScheduleDeed deed;
  try {
    carry_out_deed(database, preview, ways, open, deed);
  } catch (const Error& error) { deed.failure = error; }
  return deed;
}

}  // namespace akqueue::queue
