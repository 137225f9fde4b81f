#include "queue/change/dependencies.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue {

/// EXISTS (SELECT 1 FROM taskdependency AS d WHERE d.dependency_id = ALIAS.message_id
///         AND EXISTS (SELECT 1 FROM task AS w WHERE w.message_id = d.task_id AND w.state = 'waiting_for_…' AND …))
/// Nested, not joined: SQLite would begin with all who wait, for each row anew.
std::string is_awaited(Statement& statement, const Database& database, const Selection& selection,
                       std::string_view alias, const std::string& and_who) {
  const std::string awaited = std::string(alias) + ".message_id";
  const std::string waiting = any_of(statement, "w", "state", {std::string(task_state::kWaiting)});
  const std::string chosen = selection.where(statement, database, "w");
  return "EXISTS (SELECT 1 FROM " + database.referencing(kDependencyTable)->quoted() +
         " AS d WHERE d.dependency_id = " + awaited + " AND EXISTS (SELECT 1 FROM " + database.task().quoted() +
         " AS w WHERE w.message_id = d.task_id AND w.message_id <> " + awaited + " AND " + waiting +
         (and_who.empty() ? "" : " AND w.message_id " + and_who) + " AND " + chosen + "))";
}

}  // namespace akqueue
