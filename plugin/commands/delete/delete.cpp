#include "commands/delete/delete.hpp"

#include "akqueue/tasks.hpp"
#include "commands/delete/deletion_flow.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue {
namespace {

/// A whole state or queue is a condition; how many of them is none.
bool has_condition(const TaskChoice& choice) {
  TaskChoice conditions = choice;
  conditions.keep_newest.reset();
  conditions.limit.reset();
  return !conditions.empty();
}

TaskChoice choice_of(const Options& options, const std::vector<std::string>& ids) {
  TaskChoice choice = read_choice_among(options, ids);
  const bool narrowed = has_condition(choice);
  if (!narrowed && !options.has("all")) {
    throw Error(ErrorCode::usage, "delete needs a condition, or --all",
                "kubectl akqueue top --state queued lists the actors; then delete --actor NAME");
  }
  if (narrowed && options.has("all")) throw Error(ErrorCode::usage, "--all does not go with a condition", "leave out one of them");
  // The history stays unless it is asked for: by state, by id, or by having expired.
  if (options.all("state").empty() && !choice.has_ids() && !choice.expired) choice.states.emplace_back(task_state::kQueued);
  return choice;
}

}  // namespace

DeletionRequest delete_orders(const Options& options, const std::vector<std::string>& ids) { return {.choice = choice_of(options, ids)}; }

int run_delete(const Invocation& invocation) {
  return delete_with_questions(invocation, delete_orders(invocation.options, invocation.options.arguments()));
}

}  // namespace akqueue
