#include "queue/measure/schedule_runs.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/task/logs.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kScheduleKind = "authentik_tasks_schedules.schedule";
constexpr std::string_view kBegun = "Task is being processed";

std::optional<std::int64_t> kind_of_schedules(const session::Database& database) {
  for (const Kind& kind : read_kinds(database)) {
    if (kind.name() == kScheduleKind) return kind.id;
  }
  return std::nullopt;
}

std::string finished(session::Statement& statement, std::string_view alias) {
  return any_of(statement, alias, "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
}

void count_tasks(const session::Database& database, std::int64_t kind, std::map<Uuid, ScheduleRuns>& runs) {
  session::Statement statement;
  const std::string over = finished(statement, "t");
  statement.sql = "SELECT t.rel_obj_id, count(*), count(*) FILTER (WHERE NOT " + over +
                  "), min(t.mtime) FILTER (WHERE NOT " + over + ") FROM " + database.task().quoted() +
                  " AS t WHERE t.rel_obj_content_type_id = " + statement.bind(kind) + " GROUP BY t.rel_obj_id";
  database.session.query(statement, [&](const session::Value& row) {
    const auto id = Uuid::parse(session::text(row.at(0)));
    if (!id) return;
    ScheduleRuns& one = runs[*id];
    one.tasks = session::integer(row.at(1));
    one.unfinished = session::integer(row.at(2));
    one.oldest_unfinished = session::timestamp(row.at(3));
  });
}

/// When its last attempt began, by the log: of the row `n`.
std::string begun(session::Statement& statement, const session::Database& database) {
  const session::Table* log = database.referencing(kTaskLogTable);
  if (log == nullptr) return "NULL";
  return "(SELECT max(l.timestamp) FROM " + log->quoted() +
         " AS l WHERE l.task_id = n.message_id AND NOT l.previous AND l.event = " + statement.bind(kBegun) + ")";
}

void read_last(const session::Database& database, std::int64_t kind, std::map<Uuid, ScheduleRuns>& runs) {
  session::Statement statement;
  const std::string over = finished(statement, "t");
  const std::string level = worst_level(database, "n");
  const std::string messages = database.task().has("_messages") ? ", t.\"_messages\"" : "";
  const std::string of = statement.bind(kind);
  statement.sql = "SELECT n.rel_obj_id, CAST(n.message_id AS text), n.state, n.mtime, " +
                  (level.empty() ? "NULL" : level) + ", " + begun(statement, database) +
                  " FROM (SELECT t.rel_obj_id, t.message_id, t.state, t.mtime" + messages +
                  ", row_number() OVER (PARTITION BY t.rel_obj_id ORDER BY t.mtime DESC, t.message_id DESC) AS place "
                  "FROM " +
                  database.task().quoted() + " AS t WHERE t.rel_obj_content_type_id = " + of + " AND " + over +
                  ") AS n WHERE n.place <= " + std::to_string(kLastRuns) + " ORDER BY n.mtime DESC, n.message_id DESC";
  database.session.query(statement, [&](const session::Value& row) {
    const auto id = Uuid::parse(session::text(row.at(0)));
    if (!id) return;
    ScheduleRun run{.task = session::text(row.at(1)),
                    .state = session::text(row.at(2)),
                    .level = level_named(session::integer(row.at(4))),
                    .ended = session::timestamp(row.at(3)),
                    .took_ms = {}};
    const auto began = session::timestamp(row.at(5));
    if (began && run.ended && *began <= *run.ended) run.took_ms = (*run.ended - *began) / 1000;
    runs[*id].last.push_back(std::move(run));
  });
}

}  // namespace

std::set<Uuid> schedules_behind(const session::Database& database, const Selection& selection) {
  std::set<Uuid> schedules;
  const auto kind = kind_of_schedules(database);
  if (!kind) return schedules;
  for (const Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string where = piece.where(statement, database, "t");
    const std::string over = finished(statement, "t");
    statement.sql = "SELECT DISTINCT t.rel_obj_id FROM " + database.task().quoted() + " AS t WHERE (" + where +
                    ") AND NOT " + over + " AND t.rel_obj_content_type_id = " + statement.bind(*kind);
    database.session.query(statement, [&](const session::Value& row) {
      if (const auto id = Uuid::parse(session::text(row.at(0)))) schedules.insert(*id);
    });
  }
  return schedules;
}

std::map<Uuid, ScheduleRuns> read_schedule_runs(const session::Database& database) {
  std::map<Uuid, ScheduleRuns> runs;
  const auto kind = kind_of_schedules(database);
  if (!kind) return runs;
  count_tasks(database, *kind, runs);
  read_last(database, *kind, runs);
  return runs;
}

}  // namespace akqueue::queue
