// What the admin UI shows unless asked for all: tasks that did not end well. No option sets it; `list` does.
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

TaskCondition unsuccessful_condition() {
  return {
      .place = Place::unsuccessful,
      .given = [](const TaskFilter& filter) { return filter.hide_successful; },
      .words = [](const TaskFilter&) -> std::string { return "unsuccessful "; },
      .sql =
          [](const SqlScope& scope) {
            return scope.column("aggregated_status") + " NOT IN (" + scope.statement.bind("done") + ", " +
                   scope.statement.bind("info") + ")";
          },
  };
}

}  // namespace akqueue::queue
