// --log: a text in a task's log.
#include "akqueue/tasks.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// An event in the task's log has the text. Releases before 2025.10 kept the log in the task's own row, and rows from
/// then may still have it there.
std::string sql_of_log(const SqlScope& scope) {
  const session::Database& database = scope.database;
  const std::string needle = scope.statement.bind(scope.selection.filter.log_text);
  std::string any;
  if (const session::Table* log = database.referencing(kTaskLogTable)) {
    any = "EXISTS (SELECT 1 FROM " + log->quoted() + " AS l WHERE l.task_id = " + scope.column("message_id") + " AND " +
          database.dialect.contains("l.event", needle) + ")";
  } else {
    scope.require("_messages", "--log");
  }
  for (const std::string_view column : {"_messages", "_previous_messages"}) {
    if (!database.task().has(column)) continue;
    any +=
        (any.empty() ? "" : " OR ") + ("EXISTS (SELECT 1 FROM " + database.dialect.elements(scope.column(column), "e") +
                                       " WHERE " + database.dialect.contains("(e.value ->> 'event')", needle) + ")");
  }
  return "(" + any + ")";
}

}  // namespace

TaskCondition log_condition() {
  return {
      .option = {"log", 0, "TEXT", "only tasks with this text in their log, upper or lower case"},
      .place = Place::log,
      .read = [](const Options& options, TaskChoice& choice) { choice.log_text = options.text("log"); },
      .typed = [](const TaskChoice& choice) { return !choice.log_text.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.log_text = choice.log_text; },
      .given = [](const TaskFilter& filter) { return !filter.log_text.empty(); },
      .words = [](const TaskFilter& filter) { return ", with '" + filter.log_text + "' in the log"; },
      .document = [](const TaskFilter& filter, Json& document) { document["log"] = filter.log_text; },
      .sql = sql_of_log,
      .holds = [](const TaskChoice&, const FileScope& scope) { return scope.logged; },
  };
}

}  // namespace akqueue::queue
