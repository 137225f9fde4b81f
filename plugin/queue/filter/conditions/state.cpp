// --state: the state that tasks are in.
#include <algorithm>

#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// Given as a state, it stands for all of them.
constexpr std::string_view kAnyState = "any";

void read_states_of(const Options& options, TaskChoice& choice) {
  choice.states = options.all("state");
  if (std::ranges::find(choice.states, kAnyState) != choice.states.end()) choice.states.clear();
}

}  // namespace

TaskCondition state_condition() {
  return {
      .option = {"state", 0, "STATE", "only tasks in this state (`any`: all states)", true},
      .place = Place::states,
      .takes_whole = true,
      .read = read_states_of,
      .typed = [](const TaskChoice& choice) { return !choice.states.empty(); },
      .resolve = [](const session::Database&, const TaskChoice& choice,
                    TaskFilter& filter) { filter.states = choice.states; },
      .given = [](const TaskFilter& filter) { return !filter.states.empty(); },
      .words =
          [](const TaskFilter& filter) { return listed_words(filter.states, filter.ids.empty() ? "and" : "or") + " "; },
      .document = [](const TaskFilter& filter, Json& document) { document["states"] = filter.states; },
      .sql =
          [](const SqlScope& scope) {
            return any_of(scope.statement, scope.alias, "state", scope.selection.filter.states);
          },
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return is_among(choice.states, scope.task.state); },
  };
}

}  // namespace akqueue::queue
