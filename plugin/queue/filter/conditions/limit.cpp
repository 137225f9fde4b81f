// --limit: only the oldest so many.
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// (mtime, message_id) <= (last.mtime, last.id), once selection_now() has found the last one.
std::string sql_up_to_the_last(const SqlScope& scope) {
  const auto& last = scope.selection.last;
  if (!last) return {};
  return "(" + scope.column("mtime") + ", " + scope.column("message_id") + ") <= (" +
         scope.statement.bind(last->mtime) + ", " + scope.statement.bind(last->id) + ")";
}

}  // namespace

TaskCondition limit_condition() {
  return {
      .option = {"limit", 0, "N", "only the oldest N"},
      .read =
          [](const Options& options, TaskChoice& choice) {
            if (options.has("limit")) choice.limit = options.number("limit", 1);
          },
      .typed = [](const TaskChoice& choice) { return choice.limit.has_value(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.limit = choice.limit; },
      .given = [](const TaskFilter& filter) { return filter.limit.has_value(); },
      .words = [](const TaskFilter& filter) { return ", only the oldest " + std::to_string(*filter.limit); },
      .document = [](const TaskFilter& filter, Json& document) { document["limit"] = *filter.limit; },
      .sql = sql_up_to_the_last,
  };
}

}  // namespace akqueue::queue
