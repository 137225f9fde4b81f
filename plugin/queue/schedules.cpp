#include "queue/schedules.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue::queue {

std::vector<Schedule> read_schedules(const session::Database& database) {
  std::vector<Schedule> schedules;
  const session::Catalog catalog = database.session.introspect(kScheduleTable);
  if (catalog.tables.empty()) return schedules;
  database.session.query({"SELECT s.actor_name, s.crontab, s.paused, s.next_run FROM " +
                          catalog.tables.front().quoted() + " AS s ORDER BY s.next_run, s.actor_name"},
                         [&](const session::Value& row) {
                           schedules.push_back({session::text(row.at(0)), session::text(row.at(1)),
                                                row.at(2) == session::Value(true), session::timestamp(row.at(3))});
                         });
  return schedules;
}

}  // namespace akqueue::queue
