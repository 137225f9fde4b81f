#include "queue/task/task_list.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/in_hand.hpp"
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

/// LEFT JOIN (the locks, once each) AS k: for each task at most one row, and no digest for what nobody can hold.
std::string joined_holders(session::Statement& statement, const session::Database& database) {
  return " LEFT JOIN (SELECT h.key, min(h.holder) AS holder FROM " + database.dialect.holders("h") +
         " GROUP BY h.key) AS k ON k.key = CASE WHEN " + is_taken(statement, "t") + " THEN " +
         database.dialect.lock_key("t") + " END";
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
session::Statement lines_of(const session::Database& database, const Selection& selection, std::int64_t limit,
                            Holders holders) {
  session::Statement statement;
  const std::string level = worst_level(database, "t");
  std::vector<std::string> columns;
  for (const std::string_view column : kListColumns) columns.push_back("t." + session::quote_identifier(column));
  const TaskFilter& filter = selection.filter;
  // What is held or orphaned is in few states, and few.
  const bool any_state = limit > 0 && filter.states.empty() && filter.ids.empty() && !filter.asks_who_holds();
  const std::string newest = any_state ? newest_by_state(statement, database, selection, limit)
                                       : newest_of(statement, database, selection, limit, database.task().quoted());
  const bool with_holders = holders == Holders::read;
  const std::string join = with_holders ? joined_holders(statement, database) : std::string();
  statement.sql = "SELECT " + joined(columns) + ", " + (level.empty() ? "NULL" : level) +
                  (with_holders ? ", k.key IS NOT NULL, k.holder" : "") + " FROM (" + newest + ") AS t" + join +
                  std::string(kOrder);
  return statement;
}

bool is_true(const session::Value& value) { return value == session::Value(true) || value == session::Value(1); }

/// As in_hand.hpp has it, from the row and its lock.
Whose whose_is(const session::Database& database, const TaskLine& line, bool locked, Timestamp now) {
  if (std::ranges::find(task_state::kTaken, line.state) == task_state::kTaken.end()) return Whose::nobody;
  if (locked) return database.workers_gone ? Whose::stranded : Whose::held;
  const bool just_now = line.changed && *line.changed > now - kEndingSeconds * kSecond;
  const bool ending = line.state == task_state::kPostprocess && just_now && !database.workers_gone;
  return ending ? Whose::ending : Whose::orphaned;
}

}  // namespace

void list_tasks(const session::Database& database, const Selection& selection, std::int64_t limit, Holders holders,
                const std::function<void(const TaskLine&)>& on_task) {
  database.session.query(lines_of(database, selection, limit, holders), [&](const session::Value& row) {
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
    if (holders == Holders::read) {
      line.whose = whose_is(database, line, is_true(row.at(13)), selection.as_of);
      line.holder = session::text(row.at(14));
    }
    on_task(line);
  });
}

}  // namespace akqueue::queue
