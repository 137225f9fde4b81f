// --expired: what authentik's own purge would take: `done`, its result expired, and older than the workers'
// worker.task_expiration. A rejected task stays, unless a state names it, since it can be retried. A task whose result
// never expires is never purged.
#include "akqueue/tasks.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

std::vector<std::string> purged_states(const TaskFilter& filter) {
  if (filter.states.empty()) return {std::string(task_state::kDone)};
  return {task_state::kFinished.begin(), task_state::kFinished.end()};
}

}  // namespace

TaskCondition expired_condition() {
  return {
      .option = {"expired", 0, "",
                 "only what authentik's purge would take: done, kept as long as it keeps tasks (rejected ones with "
                 "--state)"},
      .place = Place::expired,
      .read = [](const Options& options, TaskChoice& choice) { choice.expired = options.has("expired"); },
      .typed = [](const TaskChoice& choice) { return choice.expired; },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.expired_after_s = choice.kept_for_s; },
      .given = [](const TaskFilter& filter) { return filter.expired_after_s.has_value(); },
      .words =
          [](const TaskFilter& filter) { return "expired (over " + format_age(*filter.expired_after_s) + " old) "; },
      .document =
          [](const TaskFilter& filter, Json& document) {
            document["expired"] = true;
            document["kept_for_s"] = *filter.expired_after_s;
          },
      .sql =
          [](const SqlScope& scope) {
            const TaskFilter& filter = scope.selection.filter;
            return any_of(scope.statement, scope.alias, "state", purged_states(filter)) + " AND " +
                   scope.column("mtime") + " <= " + scope.before(*filter.expired_after_s) + " AND " +
                   scope.column("result_expiry") + " <= " + scope.before(0);
          },
      .check_file =
          [](const TaskChoice&) {
            only_a_site_knows("--expired", "it is about the table as it is now", "use --older-than to choose by age");
          },
  };
}

}  // namespace akqueue::queue
