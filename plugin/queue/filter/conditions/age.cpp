// --older-than, --newer-than: how long ago a task last changed.
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

Timestamp age_of(const FileScope& scope) { return scope.task.changed ? scope.created - *scope.task.changed : 0; }

}  // namespace

TaskCondition older_than_condition() {
  return {
      .option = {"older-than", 0, "DURATION", "only tasks that have not changed for this long: 90s, 10m, 6h, 30d"},
      .read =
          [](const Options& options, TaskChoice& choice) {
            if (const auto given = options.value("older-than")) choice.older_than_s = parse_duration_or_zero(*given);
          },
      .typed = [](const TaskChoice& choice) { return choice.older_than_s.has_value(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.older_than_s = choice.older_than_s; },
      .given = [](const TaskFilter& filter) { return filter.older_than_s.has_value(); },
      .words = [](const TaskFilter& filter) { return ", older than " + format_duration(*filter.older_than_s); },
      .document = [](const TaskFilter& filter, Json& document) { document["older_than_s"] = *filter.older_than_s; },
      .sql =
          [](const SqlScope& scope) {
            return scope.column("mtime") + " < " + scope.before(*scope.selection.filter.older_than_s);
          },
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return age_of(scope) > *choice.older_than_s * kSecond; },
  };
}

TaskCondition newer_than_condition() {
  return {
      .option = {"newer-than", 0, "DURATION", "only tasks that have changed within this time"},
      .read =
          [](const Options& options, TaskChoice& choice) {
            if (const auto given = options.value("newer-than")) choice.newer_than_s = parse_duration(*given);
          },
      .typed = [](const TaskChoice& choice) { return choice.newer_than_s.has_value(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.newer_than_s = choice.newer_than_s; },
      .given = [](const TaskFilter& filter) { return filter.newer_than_s.has_value(); },
      .words = [](const TaskFilter& filter) { return ", newer than " + format_duration(*filter.newer_than_s); },
      .document = [](const TaskFilter& filter, Json& document) { document["newer_than_s"] = *filter.newer_than_s; },
      .sql =
          [](const SqlScope& scope) {
            return scope.column("mtime") + " >= " + scope.before(*scope.selection.filter.newer_than_s);
          },
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return age_of(scope) <= *choice.newer_than_s * kSecond; },
  };
}

}  // namespace akqueue::queue
