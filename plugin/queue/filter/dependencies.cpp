#include "queue/filter/dependencies.hpp"

#include "akqueue/tasks.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

std::string edges_of(const session::Database& database) { return database.referencing(kDependencyTable)->quoted(); }

std::string waits(session::Statement& statement, std::string_view alias) {
  return any_of(statement, alias, "state", {std::string(task_state::kWaiting)});
}

std::string is_done(session::Statement& statement, std::string_view alias) {
  return any_of(statement, alias, "state", {std::string(task_state::kDone)});
}

// What follows looks into the task table by its key, with a query that gives one value: where statistics are older than
// a flood, the planner might join by reading the whole table for each row.

/// The task with this id waits.
std::string waits_there(session::Statement& statement, const session::Database& database, const std::string& id) {
  return "(SELECT m.state FROM " + database.task().quoted() + " AS m WHERE m.message_id = " + id +
         ") = " + statement.bind(task_state::kWaiting);
}

/// The task with this id goes, and is not done.
std::string goes(session::Statement& statement, const session::Database& database, const Selection& selection,
                 const std::string& id, bool pinned) {
  const std::string done = is_done(statement, "s");
  const std::string stays = selection.takes_held ? std::string() : is_in_hand(statement, database, "s");
  return "(SELECT CASE WHEN NOT " + done + (stays.empty() ? "" : " AND NOT " + stays) + " AND " +
         selection.chosen(statement, database, "s", pinned, Row::found) + " THEN 1 ELSE 0 END FROM " +
         database.task().quoted() + " AS s WHERE s.message_id = " + id + ") = 1";
}

}  // namespace

bool waits_are_known(const session::Database& database) { return database.referencing(kDependencyTable) != nullptr; }

/// t.state = 'waiting_for_…' AND EXISTS (SELECT 1 FROM taskdependency AS d WHERE d.task_id = t.message_id AND
/// <d.dependency_id goes>)
std::string waits_for_chosen(session::Statement& statement, const session::Database& database,
                             const Selection& selection, std::string_view alias, bool pinned) {
  const std::string waiting = waits(statement, alias);
  return "(" + waiting + " AND EXISTS (SELECT 1 FROM " + edges_of(database) +
         " AS d WHERE d.task_id = " + std::string(alias) + ".message_id AND " +
         goes(statement, database, selection, "d.dependency_id", pinned) + "))";
}

/// Up the chain from each task that waits: these are few, and each look is one into an index.
std::string waits_in_the_end_for_chosen(session::Statement& statement, const session::Database& database,
                                        const Selection& selection, std::string_view alias, bool pinned) {
  const std::string edges = edges_of(database);
  const std::string waiting = waits(statement, alias);
  const std::string between = waits_there(statement, database, "up.id");
  return "(" + waiting + " AND EXISTS (WITH RECURSIVE up(id) AS (SELECT d.dependency_id FROM " + edges +
         " AS d WHERE d.task_id = " + std::string(alias) + ".message_id UNION SELECT e.dependency_id FROM up JOIN " +
         edges + " AS e ON e.task_id = up.id WHERE " + between + ") SELECT 1 FROM up WHERE " +
         goes(statement, database, selection, "up.id", pinned) + "))";
}

/// Down the chain from each task for which another waits; for nearly all tasks none does, which one look tells.
std::string is_awaited_from_outside(session::Statement& statement, const session::Database& database,
                                    const Selection& selection, std::string_view alias, bool pinned) {
  const std::string edges = edges_of(database);
  const std::string id = std::string(alias) + ".message_id";
  const std::string done = is_done(statement, alias);
  const std::string first = waits_there(statement, database, "d.task_id");
  const std::string further = waits_there(statement, database, "e.task_id");
  return "(NOT " + done + " AND EXISTS (SELECT 1 FROM " + edges + " AS d WHERE d.dependency_id = " + id +
         ") AND EXISTS (WITH RECURSIVE down(id) AS (SELECT d.task_id FROM " + edges +
         " AS d WHERE d.dependency_id = " + id + " AND " + first + " UNION SELECT e.task_id FROM down JOIN " + edges +
         " AS e ON e.dependency_id = down.id WHERE " + further + ") SELECT 1 FROM down WHERE (SELECT CASE WHEN " +
         selection.chosen(statement, database, "w", pinned, Row::found) + " THEN 0 ELSE 1 END FROM " +
         database.task().quoted() + " AS w WHERE w.message_id = down.id) = 1))";
}

std::string is_awaited(session::Statement& statement, const session::Database& database, std::string_view alias,
                       const std::string& who) {
  const std::string awaited = std::string(alias) + ".message_id";
  const std::string done = is_done(statement, alias);
  const std::string waiting = waits(statement, "w");
  return "(NOT " + done + " AND EXISTS (SELECT 1 FROM " + edges_of(database) +
         " AS d WHERE d.dependency_id = " + awaited + " AND d.task_id <> " + awaited + " AND (SELECT CASE WHEN " +
         waiting + (who.empty() ? "" : " AND " + who) + " THEN 1 ELSE 0 END FROM " + database.task().quoted() +
         " AS w WHERE w.message_id = d.task_id) = 1))";
}

}  // namespace akqueue::queue
