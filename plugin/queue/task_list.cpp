#include "queue/task_list.hpp"

#include "akqueue/tasks.hpp"
#include "queue/logs.hpp"

namespace akqueue {
namespace {

/// A column of the task row, or NULL where this release does not have it.
std::string column_or_null(const Table& table, std::string_view column) {
  return (table.has(column) ? "t." + quote_identifier(column) : std::string("NULL")) + " AS " + quote_identifier(column);
}

/// SELECT …, (worst level) FROM (SELECT … FROM task t WHERE … ORDER BY t.mtime DESC, … LIMIT n) AS t ORDER BY …
/// The log is asked for the rows that are shown, not for all that were sorted.
Statement lines_of(const Database& database, const Selection& selection, std::int64_t limit) {
  constexpr std::string_view kColumns[] = {"message_id", "queue_name", "actor_name", "state", "aggregated_status", "mtime", "_uid",
                                           "rel_obj_content_type_id", "rel_obj_id", "eta", "retries", "tenant_id"};
  Statement statement;
  const std::string level = worst_level(database, "t");
  const bool from_messages = database.referencing(kTaskLogTable) == nullptr && !level.empty();
  std::string inner;
  std::string outer;
  for (const std::string_view column : kColumns) {
    inner += (inner.empty() ? "" : ", ") + column_or_null(database.task(), column);
    outer += (outer.empty() ? "" : ", ") + ("t." + quote_identifier(column));
  }
  if (from_messages) inner += ", t.\"_messages\"";
  const std::string order = " ORDER BY t.mtime DESC, t.message_id DESC";
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT " + outer + ", " + (level.empty() ? "NULL" : level) + " FROM (SELECT " + inner + " FROM " + database.task().quoted() + " AS t WHERE " +
                  where + order + (limit > 0 ? " LIMIT " + std::to_string(limit) : "") + ") AS t" + order;
  return statement;
}

}  // namespace

void list_tasks(const Database& database, const Selection& selection, std::int64_t limit, const std::function<void(const TaskLine&)>& on_task) {
  database.session.query(lines_of(database, selection, limit), [&](const Value& row) {
    TaskLine line;
    line.id = text(row.at(0));
    line.queue = text(row.at(1));
    line.actor = text(row.at(2));
    line.state = text(row.at(3));
    line.status = text(row.at(4));
    line.changed = timestamp(row.at(5));
    line.uid = text(row.at(6));
    line.content_type = row.at(7);
    line.object_id = text(row.at(8));
    line.eta = timestamp(row.at(9));
    if (!row.at(10).is_null()) line.retries = integer(row.at(10));
    line.tenant = text(row.at(11));
    line.worst_level = level_named(integer(row.at(12)));
    on_task(line);
  });
}

}  // namespace akqueue
