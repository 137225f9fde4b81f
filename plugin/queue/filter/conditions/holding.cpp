// --held, --orphaned, --holder: whose a task is that a worker has taken (in_hand.hpp). Judged by the locks as they are
// when the SQL runs; of orphaned tasks a deletion takes only those that its preview saw (Selection::orphans).
#include "queue/filter/in_hand.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

void no_file_tells(std::string_view option) {
  only_a_site_knows(option, "who holds a task is not written down", "use --state running to choose by state");
}

std::string sql_of_orphaned(const SqlScope& scope) {
  const std::string orphaned = is_orphaned(scope.statement, scope.database, scope.alias);
  const auto& seen = scope.selection.orphans;
  return seen ? scope.is_one_of(*seen) + " AND " + orphaned : orphaned;
}

std::string sql_of_holder(const SqlScope& scope) {
  std::vector<std::string> known_as;
  for (const HolderName& holder : scope.selection.filter.holders)
    known_as.insert(known_as.end(), holder.known_as.begin(), holder.known_as.end());
  return is_held_by(scope.statement, scope.database, scope.alias, known_as);
}

std::vector<std::string> names_of(const TaskFilter& filter) {
  std::vector<std::string> names;
  for (const HolderName& holder : filter.holders) names.push_back(holder.name);
  return names;
}

void read_orphaned(const Options& options, TaskChoice& choice) {
  choice.orphaned = options.has("orphaned");
  for (const std::string other : {"held", "holder"}) {
    if (choice.orphaned && options.has(other))
      throw Error(ErrorCode::usage, "--orphaned can't be used with --" + other, "nobody holds what is orphaned");
  }
}

void read_holders(const Options& options, TaskChoice& choice) {
  for (const std::string& name : options.all("holder")) choice.holders.push_back({name, {name}});
}

}  // namespace

TaskCondition held_condition() {
  return {
      .option = {"held", 0, "", "only tasks that a live worker holds"},
      .place = Place::holding,
      .read = [](const Options& options, TaskChoice& choice) { choice.held = options.has("held"); },
      .typed = [](const TaskChoice& choice) { return choice.held; },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.held = choice.held; },
      .given = [](const TaskFilter& filter) { return filter.held; },
      .words = [](const TaskFilter&) -> std::string { return "held "; },
      .document = [](const TaskFilter&, Json& document) { document["held"] = true; },
      .sql = [](const SqlScope& scope) { return is_held(scope.statement, scope.database, scope.alias); },
      .check_file = [](const TaskChoice&) { no_file_tells("--held"); },
  };
}

TaskCondition orphaned_condition() {
  return {
      .option = {"orphaned", 0, "", "only tasks that a worker has taken and nobody holds: it died"},
      .place = Place::holding,
      .read = read_orphaned,
      .typed = [](const TaskChoice& choice) { return choice.orphaned; },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.orphaned = choice.orphaned; },
      .given = [](const TaskFilter& filter) { return filter.orphaned; },
      .words = [](const TaskFilter&) -> std::string { return "orphaned "; },
      .document = [](const TaskFilter&, Json& document) { document["orphaned"] = true; },
      .sql = sql_of_orphaned,
      .check_file = [](const TaskChoice&) { no_file_tells("--orphaned"); },
  };
}

TaskCondition holder_condition() {
  return {
      .option = {"holder", 0, "WORKER", "only tasks that this worker holds, by its pod's name", true},
      .read = read_holders,
      .typed = [](const TaskChoice& choice) { return !choice.holders.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.holders = choice.holders; },
      .given = [](const TaskFilter& filter) { return !filter.holders.empty(); },
      .words = [](const TaskFilter& filter) { return ", held by " + listed_words(names_of(filter), "or"); },
      .document = [](const TaskFilter& filter, Json& document) { document["holders"] = names_of(filter); },
      .sql = sql_of_holder,
      .check_file = [](const TaskChoice&) { no_file_tells("--holder"); },
  };
}

}  // namespace akqueue::queue
