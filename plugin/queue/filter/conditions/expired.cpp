// --expired: finished tasks whose result authentik may purge.
#include "akqueue/tasks.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

TaskCondition expired_condition() {
  return {
      .option = {"expired", 0, "", "only finished tasks whose result has expired: authentik may purge them"},
      .place = Place::expired,
      .read = [](const Options& options, TaskChoice& choice) { choice.expired = options.has("expired"); },
      .typed = [](const TaskChoice& choice) { return choice.expired; },
      .resolve = [](const session::Database&, const TaskChoice&, TaskFilter& filter) { filter.expired = true; },
      .given = [](const TaskFilter& filter) { return filter.expired; },
      .words = [](const TaskFilter&) -> std::string { return "expired "; },
      .document = [](const TaskFilter&, Json& document) { document["expired"] = true; },
      .sql =
          [](const SqlScope& scope) {
            return any_of(scope.statement, scope.alias, "state",
                          {task_state::kFinished.begin(), task_state::kFinished.end()}) +
                   " AND " + scope.column("result_expiry") + " < " + scope.before(0);
          },
      .check_file =
          [](const TaskChoice&) {
            only_a_site_knows("--expired", "it is about the table as it is now", "use --older-than to choose by age");
          },
  };
}

}  // namespace akqueue::queue
