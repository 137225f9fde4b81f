// --keep-newest: all but the newest few that do the same to the same object.
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// A task's uid or object tells what it is about. Without either, only tasks that a schedule makes are alike: all
/// others may differ in their arguments, which are in the message.
std::string tells_its_object(const SqlScope& scope) {
  std::string condition = scope.column("_uid") + " IS NOT NULL OR " + scope.column("rel_obj_id") + " IS NOT NULL";
  const std::vector<std::string>& scheduled = scope.selection.scheduled;
  if (!scheduled.empty()) condition += " OR " + any_of(scope.statement, scope.alias, "actor_name", scheduled);
  return "(" + condition + ")";
}

/// What is kept is known once selection_now() has looked.
std::string sql_without_the_newest(const SqlScope& scope) {
  const std::vector<Uuid>& kept = scope.selection.kept;
  const std::string alike = tells_its_object(scope);
  if (kept.empty()) return alike;
  return alike + " AND " + scope.column("message_id") + " NOT IN (" +
         scope.database.dialect.listed(scope.statement, kept) + ")";
}

}  // namespace

TaskCondition keep_newest_condition() {
  return {
      .option = {"keep-newest", 0, "N",
                 "all but the newest N of each actor and object; tasks without an object are kept, unless a schedule "
                 "makes them"},
      .read =
          [](const Options& options, TaskChoice& choice) {
            if (const auto count = options.number("keep-newest", 1)) choice.keep_newest = *count;
          },
      .typed = [](const TaskChoice& choice) { return choice.keep_newest.has_value(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.keep_newest = choice.keep_newest; },
      .given = [](const TaskFilter& filter) { return filter.keep_newest.has_value(); },
      .words =
          [](const TaskFilter& filter) {
            return ", without the newest " +
                   (*filter.keep_newest == 1 ? "" : std::to_string(*filter.keep_newest) + " ") +
                   "of each actor and object";
          },
      .document = [](const TaskFilter& filter, Json& document) { document["keep_newest"] = *filter.keep_newest; },
      .sql = sql_without_the_newest,
      .check_file =
          [](const TaskChoice&) {
            only_a_site_knows("--keep-newest", "it is about the table as it is now",
                              "use --older-than to choose by age");
          },
  };
}

}  // namespace akqueue::queue
