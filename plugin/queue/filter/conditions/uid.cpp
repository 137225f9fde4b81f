// --uid: what tells tasks of one actor apart, as authentik writes it or as its admin UI shows it, `actor:uid`.
#include "queue/filter/task_condition.hpp"

#include "akqueue/words.hpp"

namespace akqueue::queue {
namespace {

std::string sql_of_uids(const SqlScope& scope) {
  const std::string shown = scope.column("actor_name") + " || ':' || " + scope.column("_uid");
  std::vector<std::string> bound;
  for (const std::string& uid : scope.selection.filter.uids) bound.push_back(scope.statement.bind(uid));
  const std::string values = joined(bound);
  return "(" + scope.column("_uid") + " IN (" + values + ") OR " + shown + " IN (" + values + "))";
}

}  // namespace

TaskCondition uid_condition() {
  return {
      .option = {"uid", 0, "UID", "only tasks with this uid, with or without the actor before it", true},
      .place = Place::uids,
      .read = [](const Options& options, TaskChoice& choice) { choice.uids = options.each("uid"); },
      .typed = [](const TaskChoice& choice) { return !choice.uids.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.uids = choice.uids; },
      .given = [](const TaskFilter& filter) { return !filter.uids.empty(); },
      .words = [](const TaskFilter& filter) { return " with uid " + listed_words(filter.uids, "or"); },
      .document = [](const TaskFilter& filter, Json& document) { document["uids"] = filter.uids; },
      .sql = sql_of_uids,
      .holds =
          [](const TaskChoice& choice, const FileScope& scope) {
            return is_among(choice.uids, scope.task.uid) ||
                   is_among(choice.uids, scope.task.actor + ":" + scope.task.uid);
          },
  };
}

}  // namespace akqueue::queue
