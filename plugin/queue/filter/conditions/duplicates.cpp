// Tasks that others repeat. No option sets it: a command that looks for them does, and gives their ids as well
// (queue/change/duplicates.hpp).
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

TaskCondition duplicates_condition() {
  return {
      .place = Place::unsuccessful,
      .given = [](const TaskFilter& filter) { return filter.duplicates.has_value(); },
      .words =
          [](const TaskFilter& filter) {
            return std::string("duplicates (the ") +
                   (*filter.duplicates == KeptDuplicate::newest ? "newest" : "oldest") + " stays) among ";
          },
      .document =
          [](const TaskFilter& filter, Json& document) {
            document["duplicates"] = *filter.duplicates == KeptDuplicate::newest ? "keep newest" : "keep oldest";
          },
      // Without their ids it would be every task.
      .sql = [](const SqlScope& scope) { return std::string(scope.selection.filter.ids.empty() ? "1 = 0" : ""); },
  };
}

}  // namespace akqueue::queue
