#include "queue/task/task_list.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/measure/queue_counts.hpp"
#include "queue/task/logs.hpp"

namespace akqueue {
namespace {

/// A column of the task row, or NULL where this release does not have it.
std::string column_or_null(const Table& table, std::string_view column) {
  return (table.has(column) ? "t." + quote_identifier(column) : std::string("NULL")) + " AS " +
         quote_identifier(column);
}

constexpr std::string_view kListColumns[] = {"message_id",        "queue_name", "actor_name", "state",
                                             "aggregated_status", "mtime",      "_uid",       "rel_obj_content_type_id",
                                             "rel_obj_id",        "eta",        "retries",    "tenant_id"};
constexpr std::string_view kOrder = " ORDER BY t.mtime DESC, t.message_id DESC";

std::string columns_of(const Table& task) {
  std::string columns;
  for (const std::string_view column : kListColumns)
    columns += (columns.empty() ? "" : ", ") + column_or_null(task, column);
  // The worst level may be in there.
  if (task.has("_messages")) columns += ", t.\"_messages\"";
  return columns;
}

/// SELECT … FROM <from> AS t WHERE … ORDER BY t.mtime DESC, … LIMIT n
std::string newest_of(Statement& statement, const Database& database, const Selection& selection, std::int64_t limit,
                      const std::string& from) {
  const std::string where = selection.where(statement, database, "t");
  return "SELECT " + columns_of(database.task()) + " FROM " + from + " AS t WHERE " + where + std::string(kOrder) +
         (limit > 0 ? " LIMIT " + std::to_string(limit) : "");
}

std::string newest_done(Statement& statement, const Database& database) {
  return "(SELECT t.* FROM " + database.task().quoted() + " AS t WHERE t.state = " + statement.bind(task_state::kDone) +
         std::string(kOrder) + " LIMIT " + std::to_string(kDoneLookedThrough) + ")";
}

/// One for each state, put together: no index leads with mtime, but one with (state, mtime), so that the newest of ten
/// million are found without reading them all.
std::string newest_by_state(Statement& statement, const Database& database, const Selection& selection,
                            std::int64_t limit) {
  std::vector<std::string> states;
  for (const QueueCount& group : queue_groups(database)) {
    if (std::ranges::find(states, group.state) == states.end()) states.push_back(group.state);
  }
  std::string all;
  for (const std::string& state : states) {
    Selection part = selection;
    part.filter.states = {state};
    // Nearly all that is done was successful: looking for the others means looking through them.
    const bool mostly_hidden = selection.filter.hide_successful && state == task_state::kDone;
    const std::string from = mostly_hidden ? newest_done(statement, database) : database.task().quoted();
    all += (all.empty() ? "" : " UNION ALL ") +
           ("SELECT * FROM (" + newest_of(statement, database, part, limit, from) + ") AS u");
  }
  return all.empty() ? newest_of(statement, database, selection, limit, database.task().quoted())
                     : "SELECT * FROM (" + all + ") AS t" + std::string(kOrder) + " LIMIT " + std::to_string(limit);
}

/// SELECT …, (worst level) FROM (the newest) AS t ORDER BY …
/// The log is asked for the rows that are shown, not for all that were sorted.
Statement lines_of(const Database& database, const Selection& selection, std::int64_t limit) {
  Statement statement;
  const std::string level = worst_level(database, "t");
  std::string columns;
  for (const std::string_view column : kListColumns)
    columns += (columns.empty() ? "" : ", ") + ("t." + quote_identifier(column));
  const bool any_state = limit > 0 && selection.filter.states.empty() && selection.filter.ids.empty();
  const std::string newest = any_state ? newest_by_state(statement, database, selection, limit)
                                       : newest_of(statement, database, selection, limit, database.task().quoted());
  statement.sql = "SELECT " + columns + ", " + (level.empty() ? "NULL" : level) + " FROM (" + newest + ") AS t" +
                  std::string(kOrder);
  return statement;
}

}  // namespace

void list_tasks(const Database& database, const Selection& selection, std::int64_t limit,
                const std::function<void(const TaskLine&)>& on_task) {
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
