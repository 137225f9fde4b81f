#include "queue/schedules.hpp"

#include "akqueue/crontab.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

/// What authentik writes where a schedule has no identifier.
constexpr std::string_view kNoIdentifier = "None";
}  // namespace

std::string Schedule::name() const {
  const std::string& what = uid.empty() ? identifier : uid;
  return what.empty() ? actor : actor + ":" + what;
}

std::optional<Timestamp> regular_run_after(const Schedule& schedule, Timestamp at) {
  const auto crontab = Crontab::parse(schedule.crontab);
  return crontab ? crontab->next(at) : std::nullopt;
}

Standing standing_of(const Schedule& schedule, Timestamp now) {
  if (schedule.paused || (schedule.next_run && *schedule.next_run >= kNeverRuns)) return Standing::paused;
  const auto regular = regular_run_after(schedule, now);
  return regular && schedule.next_run && *schedule.next_run > *regular ? Standing::held : Standing::regular;
}

std::string schedule_columns() {
  return "s.actor_name, s.crontab, s.paused, s.next_run, CAST(s.id AS text), s.identifier, s._uid, "
         "s.rel_obj_content_type_id, s.rel_obj_id";
}

Schedule schedule_of(const session::Value& row) {
  Schedule schedule{.actor = session::text(row.at(0)),
                    .crontab = session::text(row.at(1)),
                    .paused = row.at(2) == session::Value(true) || row.at(2) == session::Value(1),
                    .next_run = session::timestamp(row.at(3))};
  schedule.id = Uuid::parse(session::text(row.at(4))).value_or(Uuid());
  schedule.identifier = session::text(row.at(5));
  if (schedule.identifier == kNoIdentifier) schedule.identifier.clear();
  schedule.uid = session::text(row.at(6));
  schedule.content_type = session::integer(row.at(7));
  schedule.object_id = session::text(row.at(8));
  return schedule;
}

std::vector<Schedule> read_schedules(const session::Database& database) {
  std::vector<Schedule> schedules;
  const session::Catalog catalog = database.session.introspect(kScheduleTable);
  if (catalog.tables.empty()) return schedules;
  database.session.query({"SELECT " + schedule_columns() + " FROM " + catalog.tables.front().quoted() +
                          " AS s ORDER BY s.next_run, s.actor_name, s.id"},
                         [&](const session::Value& row) { schedules.push_back(schedule_of(row)); });
  return schedules;
}

}  // namespace akqueue::queue
