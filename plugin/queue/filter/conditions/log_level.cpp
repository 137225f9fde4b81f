// --log-level: how bad what a task logged in its last attempt is. LOG of `list` shows the worst level.
#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

std::string level_is_among(session::Statement& statement, const std::string& level,
                           const std::vector<std::string>& levels) {
  // What is no level that anybody knows counts as the least of them.
  if (levels.size() == log_level::kKnown.size()) return "1 = 1";
  std::vector<std::string> bound;
  for (const std::string& one : levels) bound.push_back(statement.bind(one));
  return level + " IN (" + joined(bound) + ")";
}

/// The log's own rows tell, or where there are none, the list in the task's row (see worst_level() in task/logs.hpp).
std::string sql_of_level(const SqlScope& scope) {
  const session::Database& database = scope.database;
  const std::vector<std::string> levels = levels_from(scope.selection.filter.log_level);
  std::string by_rows;
  std::string without_rows;
  if (const session::Table* log = database.referencing(kTaskLogTable)) {
    const std::string rows = "EXISTS (SELECT 1 FROM " + log->quoted() +
                             " AS l WHERE l.task_id = " + scope.column("message_id") + " AND NOT l.previous";
    by_rows = rows + " AND " + level_is_among(scope.statement, "l.log_level", levels) + ")";
    without_rows = "NOT " + rows + ") AND ";
  } else {
    scope.require("_messages", "--log-level");
  }
  if (!database.task().has("_messages")) return by_rows;
  const std::string by_list = without_rows + "EXISTS (SELECT 1 FROM " +
                              database.dialect.elements(scope.column("_messages"), "e") + " WHERE " +
                              level_is_among(scope.statement, "(e.value ->> 'log_level')", levels) + ")";
  return by_rows.empty() ? by_list : "(" + by_rows + " OR (" + by_list + "))";
}

void read_level(const Options& options, TaskChoice& choice) {
  choice.log_level = lower_case(options.text("log-level"));
  if (!choice.log_level.empty()) levels_from(choice.log_level);
}

}  // namespace

std::vector<std::string> levels_from(const std::string& level) {
  const std::vector<std::string> known(log_level::kKnown.begin(), log_level::kKnown.end());
  const auto found = std::ranges::find(known, level);
  if (found != known.end()) return {found, known.end()};
  const auto near = nearest(level, known);
  throw Error(ErrorCode::usage, "no log level '" + level + "'",
              near ? "did you mean " + *near + "?" : "the levels are " + joined(known));
}

TaskCondition log_level_condition() {
  return {
      .option = {"log-level", 0, "LEVEL",
                 "only tasks whose last attempt logged this level or a worse one (error: critical too)"},
      .place = Place::log,
      .read = read_level,
      .typed = [](const TaskChoice& choice) { return !choice.log_level.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.log_level = choice.log_level; },
      .given = [](const TaskFilter& filter) { return !filter.log_level.empty(); },
      .words = [](const TaskFilter& filter) { return ", with " + filter.log_level + " or worse in the last log"; },
      .document = [](const TaskFilter& filter, Json& document) { document["log_level"] = filter.log_level; },
      .sql = sql_of_level,
      .holds = [](const TaskChoice&, const FileScope& scope) { return scope.as_bad; },
  };
}

}  // namespace akqueue::queue
