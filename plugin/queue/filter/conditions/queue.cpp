// --queue: the queue that tasks are in, by its whole name.
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

TaskCondition queue_condition() {
  return {
      .option = {"queue", 0, "QUEUE", "only this queue, by its exact name", true},
      .place = Place::queues,
      .takes_whole = true,
      .read = [](const Options& options, TaskChoice& choice) { choice.queues = options.all("queue"); },
      .typed = [](const TaskChoice& choice) { return !choice.queues.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.queues = choice.queues; },
      .given = [](const TaskFilter& filter) { return !filter.queues.empty(); },
      .words = [](const TaskFilter& filter) { return " in queue " + listed_words(filter.queues, "or"); },
      .document = [](const TaskFilter& filter, Json& document) { document["queues"] = filter.queues; },
      .sql =
          [](const SqlScope& scope) {
            return any_of(scope.statement, scope.alias, "queue_name", scope.selection.filter.queues);
          },
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return is_among(choice.queues, scope.task.queue); },
  };
}

}  // namespace akqueue::queue
