#include "queue/schedules.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue {

std::vector<Schedule> read_schedules(const Database& database) {
  std::vector<Schedule> schedules;
  const Catalog catalog = database.session.introspect(kScheduleTable);
  if (catalog.tables.empty()) return schedules;
  database.session.query(
      {"SELECT s.actor_name, s.crontab, s.paused, s.next_run FROM " + catalog.tables.front().quoted() +
       " AS s ORDER BY s.next_run, s.actor_name"},
      [&](const Value& row) {
        schedules.push_back({text(row.at(0)), text(row.at(1)), row.at(2) == Value(true), timestamp(row.at(3))});
      });
  return schedules;
}

}  // namespace akqueue
