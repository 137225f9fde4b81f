#include "queue/task/task_list.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/measure/queue_counts.hpp"
#include "queue/task/logs.hpp"

namespace akqueue::queue {
namespace {

/// A column of the task row, or NULL if this release does not have it.
std::string column_or_null(const session::Table& table, std::string_view column) {
  return (table.has(column) ? "t." + session::quote_identifier(column) : std::string("NULL")) + " AS " +
         session::quote_identifier(column);
}

constexpr std::string_view kListColumns[] = {"message_id",        "queue_name", "actor_name", "state",
                                             "aggregated_status", "mtime",      "_uid",       "rel_obj_content_type_id",
                                             "rel_obj_id",        "eta",        "retries",    "tenant_id"};
constexpr std::string_view kOrder = " ORDER BY t.mtime DESC, t.message_id DESC";

std::string columns_of(const session::Table& task) {
  std::vector<std::string> columns;
  for (const std::string_view column : kListColumns) columns.push_back(column_or_null(task, column));
  // The worst level may be in there.
  if (task.has("_messages")) columns.emplace_back("t.\"_messages\"");
  return joined(columns);
}

/// SELECT … FROM <from> AS t WHERE … ORDER BY t.mtime DESC, … LIMIT n
std::string newest_of(session::Statement& statement, const session::Database& database, const Selection& selection,
                      std::int64_t limit, const std::string& from) {
  const std::string where = selection.where(statement, database, "t");
  return "SELECT " + columns_of(database.task()) + " FROM " + from + " AS t WHERE " + where + std::string(kOrder) +
         (limit > 0 ? " LIMIT " + std::to_string(limit) : "");
}

std::string newest_done(session::Statement& statement, const session::Database& database) {
  return "(SELECT t.* FROM " + database.task().quoted() + " AS t WHERE t.state = " + statement.bind(task_state::kDone) +
         std::string(kOrder) + " LIMIT " + std::to_string(kDoneLookedThrough) + ")";
}

/// One for each state, put together: no index leads with mtime, but one with (state, mtime), so that the newest of ten
/// million are found without reading them all.
std::string newest_by_state(session::Statement& statement, const session::Database& database,
                            const Selection& selection, std::int64_t limit) {
  std::vector<std::string> states;
  for (const QueueCount& group : queue_groups(database)) {
    if (std::ranges::find(states, group.state) == states.end()) states.push_back(group.state);
  }
  std::string all;
  for (const std::string& state : states) {
    Selection part = selection;
    part.filter.states = {state};
    // Nearly all tasks that are done were successful: finding the others means looking through all of these.
    const bool mostly_hidden = selection.filter.hide_successful && state == task_state::kDone;
    const std::string from = mostly_hidden ? newest_done(statement, database) : database.task().quoted();
    all += (all.empty() ? "" : " UNION ALL ") +
           ("SELECT * FROM (" + newest_of(statement, database, part, limit, from) + ") AS u");
  }
  return all.empty() ? newest_of(statement, database, selection, limit, database.task().quoted())
                     : "SELECT * FROM (" + all + ") AS t" + std::string(kOrder) + " LIMIT " + std::to_string(limit);
}

/// SELECT …, (worst level) FROM (the newest) AS t ORDER BY …
/// The log is read for the rows that are shown, not for all that were sorted.
session::Statement lines_of(const session::Database& database, const Selection& selection, std::int64_t limit) {
  session::Statement statement;
  const std::string level = worst_level(database, "t");
  std::vector<std::string> columns;
  for (const std::string_view column : kListColumns) columns.push_back("t." + session::quote_identifier(column));
  const bool any_state = limit > 0 && selection.filter.states.empty() && selection.filter.ids.empty();
  const std::string newest = any_state ? newest_by_state(statement, database, selection, limit)
                                       : newest_of(statement, database, selection, limit, database.task().quoted());
  statement.sql = "SELECT " + joined(columns) + ", " + (level.empty() ? "NULL" : level) + " FROM (" + newest +
                  ") AS t" + std::string(kOrder);
  return statement;
}

}  // namespace

void list_tasks(const session::Database& database, const Selection& selection, std::int64_t limit,
                const std::function<void(const TaskLine&)>& on_task) {
  database.session.query(lines_of(database, selection, limit), [&](const session::Value& row) {
    TaskLine line;
    line.id = session::text(row.at(0));
    line.queue = session::text(row.at(1));
    line.actor = session::text(row.at(2));
    line.state = session::text(row.at(3));
    line.status = session::text(row.at(4));
    line.changed = session::timestamp(row.at(5));
    line.uid = session::text(row.at(6));
    line.content_type = row.at(7);
    line.object_id = session::text(row.at(8));
    line.eta = session::timestamp(row.at(9));
    if (!row.at(10).is_null()) line.retries = session::integer(row.at(10));
    line.tenant = session::text(row.at(11));
    line.worst_level = level_named(session::integer(row.at(12)));
    on_task(line);
  });
}

}  // namespace akqueue::queue
