#include "queue/filter/selection.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/filter/task_condition.hpp"
#include "queue/schedules.hpp"

namespace akqueue::queue {
namespace {

std::string column_of(std::string_view alias, std::string_view name) {
  return std::string(alias) + "." + session::quote_identifier(name);
}

/// The columns that are equal in tasks about the same thing: authentik's own key for that, and the related object.
std::string same_thing(const session::Table& task) {
  std::vector<std::string> columns;
  for (const char* column :
       {"tenant_id", "queue_name", "actor_name", "_uid", "rel_obj_content_type_id", "rel_obj_id"}) {
    if (task.has(column)) columns.push_back(column_of("t", column));
  }
  return joined(columns);
}

/// The newest so many of each actor and object: what stays.
std::vector<Uuid> newest_of_each(const session::Database& database, const Selection& selection, std::int64_t count) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT k.message_id FROM (SELECT t.message_id, row_number() OVER (PARTITION BY " +
                  same_thing(database.task()) + " ORDER BY t.mtime DESC, t.message_id DESC) AS place FROM " +
                  database.task().quoted() + " AS t WHERE " + where +
                  ") AS k WHERE k.place <= " + std::to_string(count) + " LIMIT " + std::to_string(kMostKept + 1);
  std::vector<Uuid> kept;
  database.session.query(statement, [&](const session::Value& row) {
    if (const auto id = Uuid::parse(session::text(row.at(0)))) kept.push_back(*id);
  });
  if (kept.size() <= kMostKept) return kept;
  throw Error(
      ErrorCode::usage,
      "--keep-newest " + std::to_string(count) + " would keep more than " + std::to_string(kMostKept) + " tasks",
      "choose fewer with --actor, or use --older-than instead");
}

/// The ids of the tasks t that are `where`, which is bound to `statement`; at most kMostKept + 1.
std::vector<Uuid> ids_of(const session::Database& database, session::Statement& statement, const std::string& where) {
  statement.sql = "SELECT t.message_id FROM " + database.task().quoted() + " AS t WHERE " + where + " LIMIT " +
                  std::to_string(kMostKept + 1);
  std::vector<Uuid> ids;
  database.session.query(statement, [&](const session::Value& row) {
    if (const auto id = Uuid::parse(session::text(row.at(0)))) ids.push_back(*id);
  });
  return ids;
}

/// The orphaned tasks of a selection: locks are not part of a snapshot, so that what a preview saw is kept by id.
std::vector<Uuid> orphans_of(const session::Database& database, const Selection& selection) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  std::vector<Uuid> orphans = ids_of(database, statement, where);
  if (orphans.size() <= kMostKept) return orphans;
  throw Error(ErrorCode::usage, "more than " + std::to_string(kMostKept) + " tasks are orphaned",
              "choose fewer with --actor, or take the oldest with --limit " + std::to_string(kMostKept));
}

/// The last one within a limit, from the oldest on; nothing when all are within it.
std::optional<Selection::Place> place_of(const session::Database& database, const Selection& selection,
                                         std::int64_t limit) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  statement.sql = "SELECT t.mtime, t.message_id FROM " + database.task().quoted() + " AS t WHERE " + where +
                  " ORDER BY t.mtime, t.message_id LIMIT 1 OFFSET " + std::to_string(limit - 1);
  std::optional<Selection::Place> place;
  database.session.query(statement, [&](const session::Value& row) {
    place = Selection::Place{session::text(row.at(0)), session::text(row.at(1))};
  });
  return place;
}

}  // namespace

std::string any_of(session::Statement& statement, std::string_view alias, std::string_view column,
                   const std::vector<std::string>& values) {
  std::vector<std::string> placeholders;
  for (const std::string& value : values) placeholders.push_back(statement.bind(value));
  return column_of(alias, column) + " IN (" + joined(placeholders) + ")";
}

std::string Selection::chosen(session::Statement& statement, const session::Database& database, std::string_view alias,
                              bool pinned, Row row) const {
  const SqlScope scope{statement, database, alias, *this, row};
  std::string all;
  for (const TaskCondition& condition : task_conditions()) {
    if (!condition.given(filter)) continue;
    const std::string one = condition.sql(scope);
    if (!one.empty()) all += (all.empty() ? "" : " AND ") + one;
  }
  if (all.empty()) all = "1 = 1";
  if (!pinned || snapshot.empty()) return all;
  const std::string seen = database.dialect.seen(statement, alias, snapshot);
  if (handed.empty()) return all + " AND " + seen;
  const std::string among =
      database.dialect.among_once_found(column_of(alias, "message_id"), database.dialect.listed(statement, handed));
  return "((" + all + " AND (" + seen + " OR " + among + ")) OR (" + among + " AND NOT " +
         any_of(statement, alias, "state", {task_state::kFinished.begin(), task_state::kFinished.end()}) + "))";
}

std::string Selection::within(session::Statement& statement, const session::Database& database, std::string_view alias,
                              bool pinned, Row row) const {
  const bool known = waits_are_known(database);
  if (part == Part::along && !known) return "1 = 0";
  const std::string own = chosen(statement, database, alias, pinned, row);
  if (dependents == Dependents::left || part == Part::chosen || !known) return own;
  const Selection& whole = piece_of ? *piece_of : *this;
  if (dependents == Dependents::kept)
    return own + " AND NOT " + is_awaited_from_outside(statement, database, whole, alias, pinned);
  std::string along = waits_in_the_end_for_chosen(statement, database, whole, alias, pinned);
  if (pinned && !snapshot.empty()) along += " AND " + database.dialect.seen(statement, alias, snapshot);
  return part == Part::along ? along + " AND (" + own + ") IS NOT TRUE" : "((" + own + ") OR (" + along + "))";
}

std::string Selection::where_now(session::Statement& statement, const session::Database& database,
                                 std::string_view alias) const {
  return within(statement, database, alias, false, Row::searched);
}

std::string Selection::where(session::Statement& statement, const session::Database& database, std::string_view alias,
                             Row row) const {
  return within(statement, database, alias, true, row);
}

std::vector<Selection> Selection::pieces() const {
  if (filter.ids.size() <= kIdsAtOnce && dependents != Dependents::along) return {*this};
  // Without the ids at first: each copy would keep room for all of them.
  Selection conditions = *this;
  conditions.filter.ids = {};
  conditions.piece_of = std::make_shared<Selection>(*this);
  std::vector<Selection> all;
  if (dependents == Dependents::along) {
    all.push_back(*this);
    all.back().part = Part::along;
    conditions.part = Part::chosen;
    if (filter.ids.empty()) all.push_back(conditions);
  }
  for (std::size_t at = 0; at < filter.ids.size(); at += kIdsAtOnce) {
    const auto begin = filter.ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = filter.ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + kIdsAtOnce, filter.ids.size()));
    all.push_back(conditions);
    all.back().filter.ids.assign(begin, end);
  }
  return all;
}

Selection selection_now(const session::Database& database, const TaskFilter& filter, Timestamp as_of) {
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

Selection pin(const session::Database& database, const TaskFilter& filter, Timestamp as_of) {
  Selection selection = selection_now(database, filter, as_of);
  if (filter.orphaned) selection.orphans = orphans_of(database, selection);
  database.session.query({database.dialect.snapshot()},
                         [&](const session::Value& row) { selection.snapshot = session::text(row.at(0)); });
  return selection;
}

void hand_over(const session::Database& database, Selection& selection) {
  session::Statement statement;
  const std::string where = selection.where(statement, database, "t");
  const std::string taken = is_taken(statement, "t");
  selection.handed = ids_of(database, statement, where + " AND " + taken);
  // More than workers can have in hand are the orphans of others, and nobody puts these back.
  if (selection.handed.size() > kMostKept) selection.handed.clear();
}

}  // namespace akqueue::queue
