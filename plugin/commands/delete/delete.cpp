#include "commands/delete/delete.hpp"
#include "commands/delete/braking.hpp"

#include "akqueue/tasks.hpp"
#include "commands/delete/commands.hpp"
#include "commands/delete/deletion_flow.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

/// A whole state or queue is a condition; how many of them is none.
bool has_condition(const queue::TaskChoice& choice) {
  queue::TaskChoice conditions = choice;
  conditions.keep_newest.reset();
  conditions.limit.reset();
  return !conditions.empty();
}

queue::TaskChoice choice_of(const Options& options, const std::vector<std::string>& ids) {
  queue::TaskChoice choice = read_choice_among(options, ids);
  const bool narrowed = has_condition(choice);
  if (!narrowed && !options.has("all")) {
    throw Error(ErrorCode::usage, "delete needs a condition, or --all",
                "kubectl akqueue top --state queued lists the actors; then delete --actor NAME");
  }
  if (narrowed && options.has("all"))
    throw Error(ErrorCode::usage, "--all can't be used with a condition", "leave out one of them");
  // The history stays unless it is asked for: by state, by id, or by having expired. What is orphaned is in no history.
  if (options.all("state").empty() && !choice.has_ids() && !choice.expired && !choice.orphaned)
    choice.states.emplace_back(task_state::kQueued);
  return choice;
}

int run_delete(const cli::Invocation& invocation) {
  DeletionRequest request = delete_orders(invocation.options, invocation.options.arguments());
  read_manner(invocation.options, invocation.command, request);
  return delete_with_questions(invocation.environment, request);
}

}  // namespace

DeletionRequest delete_orders(const Options& options, const std::vector<std::string>& ids) {
  DeletionRequest request;
  request.choice = choice_of(options, ids);
  request.dependents = read_dependents(options);
  return request;
}

cli::Command delete_command() {
  return {.name = "delete",
          .short_names = {"rm"},
          .group = "Delete",
          .summary = "Delete some tasks, keep the rest",
          .arguments = "[ID...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Deletes the tasks that all given conditions select. Without --state only queued ones, so\n"
              "that the history stays; with ids whatever their state is, with --expired those that are\n"
              "done, with --orphaned those whose worker died. Asks first, with the list by actor. Needs\n"
              "a condition, or --all.\n"
              "\n"
              "--jobs 2 is faster by about a half, and costs the database that much more: for a site that\n"
              "nobody uses. Sessions share the walk through the table; ids and what is left at the end\n"
              "are for one.\n"
              "\n"
              "From 2026.8 on tasks may wait for others; one whose dependencies are gone would run. Where\n"
              "tasks outside the selection wait for these, the preview says how many.",
          .effect = Effect::destroys,
          .options = with_choosing(
              with_following(with_braking({{"all", 0, "", "no condition: every queued task (or --state any)"},
                                           kIncludeRunning,
                                           kWithDependents,
                                           kKeepDependencies,
                                           kJobs})),
              {"held", "holder"}),
          .examples = {{"delete --actor outpost_send_update", "what waits of one actor"},
                       {"delete --state done,rejected --older-than 30d", "old history"},
                       {"delete --actor '*.certificate_discovery' --older-than 1h --dry-run", "what would go"},
                       {"delete --actor outpost_send_update --keep-newest 1", "all but each outpost's newest update"},
                       {"delete --actor outpost_send_update --with-dependents", "and the tasks that wait for them"},
                       {"delete --orphaned --older-than 10m", "what dead workers had taken and nobody took up again"},
                       {"delete -f ids.txt --yes", "the tasks of a list"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_delete};
}

}  // namespace akqueue::commands
