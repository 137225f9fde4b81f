#include "queue/filter/selection.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/schedules.hpp"

namespace akqueue {
namespace {

std::string column_of(std::string_view alias, std::string_view name) {
  return std::string(alias) + "." + quote_identifier(name);
}

void require(const Table& table, std::string_view column, std::string_view option) {
  if (table.has(column)) return;
  throw Error(ErrorCode::unsupported,
              std::string(option) + " needs the column " + std::string(column) + ", which " + table.name +
                  " of this release does not have",
              "kubectl akqueue schema shows what it has");
}

std::string about(Statement& statement, std::string_view alias, const RelatedObjects& object) {
  std::string condition;
  for (const std::int64_t type : object.content_types)
    condition += (condition.empty() ? "" : ", ") + statement.bind(type);
  if (!condition.empty()) condition = column_of(alias, "rel_obj_content_type_id") + " IN (" + condition + ")";
  if (object.id.empty()) return condition;
  return (condition.empty() ? "" : condition + " AND ") + column_of(alias, "rel_obj_id") + " = " +
         statement.bind(object.id);
}

/// Some event of the task's log has the text. Releases before 2025.10 kept the log in the task's own row, and rows from
/// then may still have it there.
std::string logged(Statement& statement, const Database& database, std::string_view alias, const std::string& text) {
  const std::string needle = statement.bind(text);
  std::string any;
  if (const Table* log = database.referencing(kTaskLogTable)) {
    any = "EXISTS (SELECT 1 FROM " + log->quoted() + " AS l WHERE l.task_id = " + column_of(alias, "message_id") +
          " AND " + database.dialect.contains("l.event", needle) + ")";
  } else {
    require(database.task(), "_messages", "--log");
  }
  for (const std::string_view column : {"_messages", "_previous_messages"}) {
    if (!database.task().has(column)) continue;
    any += (any.empty() ? "" : " OR ") +
           ("EXISTS (SELECT 1 FROM " + database.dialect.elements(column_of(alias, column), "e") + " WHERE " +
            database.dialect.contains("(e.value ->> 'event')", needle) + ")");
  }
  return "(" + any + ")";
}

/// (mtime, message_id) <= (last.mtime, last.id)
std::string up_to(Statement& statement, std::string_view alias, const Selection::Place& last) {
  return "(" + column_of(alias, "mtime") + ", " + column_of(alias, "message_id") + ") <= (" +
         statement.bind(last.mtime) + ", " + statement.bind(last.id) + ")";
}

/// The conditions of a filter but for ages.
void add_conditions(std::vector<std::string>& conditions, Statement& statement, const Database& database,
                    std::string_view alias, const TaskFilter& filter) {
  const auto add = [&](std::string one) { conditions.push_back(std::move(one)); };
  if (!filter.queues.empty()) add(any_of(statement, alias, "queue_name", filter.queues));
  if (!filter.states.empty()) add(any_of(statement, alias, "state", filter.states));
  if (!filter.actors.empty()) add(any_of(statement, alias, "actor_name", filter.actors));
  if (!filter.uids.empty()) {
    const std::string shown = column_of(alias, "actor_name") + " || ':' || " + column_of(alias, "_uid");
    std::string values;
    for (const std::string& uid : filter.uids) values += (values.empty() ? "" : ", ") + statement.bind(uid);
    add("(" + column_of(alias, "_uid") + " IN (" + values + ") OR " + shown + " IN (" + values + "))");
  }
  if (!filter.objects.empty()) {
    std::string any;
    for (const RelatedObjects& object : filter.objects)
      any += (any.empty() ? "" : " OR ") + about(statement, alias, object);
    add("(" + any + ")");
  }
  if (!filter.tenants.empty()) {
    require(database.task(), "tenant_id", "--tenant");
    add(any_of(statement, alias, "tenant_id", filter.tenants));
  }
  if (!filter.ids.empty())
    add(database.dialect.among(column_of(alias, "message_id"), database.dialect.listed(statement, filter.ids)));
  if (!filter.log_text.empty()) add(logged(statement, database, alias, filter.log_text));
  if (filter.hide_successful)
    add(column_of(alias, "aggregated_status") + " NOT IN (" + statement.bind("done") + ", " + statement.bind("info") +
        ")");
}

/// What tasks are about the same thing by: authentik's own key for that, and the related object.
std::string same_thing(const Table& task) {
  std::string columns;
  for (const char* column :
       {"tenant_id", "queue_name", "actor_name", "_uid", "rel_obj_content_type_id", "rel_obj_id"}) {
    if (task.has(column)) columns += (columns.empty() ? "" : ", ") + column_of("t", column);
  }
  return columns;
}

/// A task tells what it is about by its uid or its object. Without either, only those that a schedule makes are alike:
/// of all others the arguments differ, which are in the message.
std::string tells_its_object(Statement& statement, std::string_view alias, const std::vector<std::string>& scheduled) {
  std::string condition =
      column_of(alias, "_uid") + " IS NOT NULL OR " + column_of(alias, "rel_obj_id") + " IS NOT NULL";
  if (!scheduled.empty()) condition += " OR " + any_of(statement, alias, "actor_name", scheduled);
  return "(" + condition + ")";
}

/// The newest so many of each actor and object: what stays.
std::vector<Uuid> newest_of_each(const Database& database, const Selection& selection, std::int64_t count) {
  Statement statement;
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT k.message_id FROM (SELECT t.message_id, row_number() OVER (PARTITION BY " +
                  same_thing(database.task()) + " ORDER BY t.mtime DESC, t.message_id DESC) AS place FROM " +
                  database.task().quoted() + " AS t WHERE " + where +
                  ") AS k WHERE k.place <= " + std::to_string(count) + " LIMIT " + std::to_string(kMostKept + 1);
  std::vector<Uuid> kept;
  database.session.query(statement, [&](const Value& row) {
    if (const auto id = Uuid::parse(text(row.at(0)))) kept.push_back(*id);
  });
  if (kept.size() <= kMostKept) return kept;
  throw Error(
      ErrorCode::usage,
      "--keep-newest " + std::to_string(count) + " would keep more than " + std::to_string(kMostKept) + " tasks",
      "choose fewer with --actor, or say --older-than instead");
}

/// The last one that a limit allows, from the oldest on; nothing when the limit allows them all.
std::optional<Selection::Place> place_of(const Database& database, const Selection& selection, std::int64_t limit) {
  Statement statement;
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT t.mtime, t.message_id FROM " + database.task().quoted() + " AS t WHERE " + where +
                  " ORDER BY t.mtime, t.message_id LIMIT 1 OFFSET " + std::to_string(limit - 1);
  std::optional<Selection::Place> place;
  database.session.query(statement,
                         [&](const Value& row) { place = Selection::Place{text(row.at(0)), text(row.at(1))}; });
  return place;
}

}  // namespace

std::string any_of(Statement& statement, std::string_view alias, std::string_view column,
                   const std::vector<std::string>& values) {
  std::string placeholders;
  for (const std::string& value : values) placeholders += (placeholders.empty() ? "" : ", ") + statement.bind(value);
  return column_of(alias, column) + " IN (" + placeholders + ")";
}

std::string Selection::where_now(Statement& statement, const Database& database, std::string_view alias) const {
  std::vector<std::string> conditions;
  add_conditions(conditions, statement, database, alias, filter);
  const std::string mtime = column_of(alias, "mtime");
  const auto before = [&](std::int64_t seconds) { return statement.bind(format_timestamp(as_of - seconds * kSecond)); };
  if (filter.older_than_s) conditions.push_back(mtime + " < " + before(*filter.older_than_s));
  if (filter.newer_than_s) conditions.push_back(mtime + " >= " + before(*filter.newer_than_s));
  if (filter.expired) {
    conditions.push_back(
        any_of(statement, alias, "state", {task_state::kFinished.begin(), task_state::kFinished.end()}));
    conditions.push_back(column_of(alias, "result_expiry") + " < " + before(0));
  }
  if (filter.keep_newest) conditions.push_back(tells_its_object(statement, alias, scheduled));
  if (!kept.empty())
    conditions.push_back(column_of(alias, "message_id") + " NOT IN (" + database.dialect.listed(statement, kept) + ")");
  if (last) conditions.push_back(up_to(statement, alias, *last));
  std::string all;
  for (const std::string& one : conditions) all += (all.empty() ? "" : " AND ") + one;
  return all.empty() ? "1 = 1" : all;
}

std::string Selection::where(Statement& statement, const Database& database, std::string_view alias) const {
  const std::string condition = where_now(statement, database, alias);
  return snapshot.empty() ? condition : condition + " AND " + database.dialect.seen(statement, alias, snapshot);
}

std::vector<Selection> Selection::pieces() const {
  if (filter.ids.size() <= kIdsAtOnce) return {*this};
  // Without the ids first: a copy would keep room for all of them.
  Selection conditions = *this;
  conditions.filter.ids = {};
  std::vector<Selection> all;
  for (std::size_t at = 0; at < filter.ids.size(); at += kIdsAtOnce) {
    const auto begin = filter.ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = filter.ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + kIdsAtOnce, filter.ids.size()));
    all.push_back(conditions);
    all.back().filter.ids.assign(begin, end);
  }
  return all;
}

Selection selection_now(const Database& database, const TaskFilter& filter, Timestamp as_of) {
  Selection selection{.filter = filter, .as_of = as_of};
  if (filter.keep_newest) {
    for (const Schedule& schedule : read_schedules(database)) selection.scheduled.push_back(schedule.actor);
    std::ranges::sort(selection.scheduled);
    selection.scheduled.erase(std::unique(selection.scheduled.begin(), selection.scheduled.end()),
                              selection.scheduled.end());
  }
  if (filter.keep_newest) selection.kept = newest_of_each(database, selection, *filter.keep_newest);
  if (filter.limit) selection.last = place_of(database, selection, *filter.limit);
  return selection;
}

Selection pin(const Database& database, const TaskFilter& filter, Timestamp as_of) {
  Selection selection = selection_now(database, filter, as_of);
  database.session.query({database.dialect.snapshot()},
                         [&](const Value& row) { selection.snapshot = text(row.at(0)); });
  return selection;
}

}  // namespace akqueue
