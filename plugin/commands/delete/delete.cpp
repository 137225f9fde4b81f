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
  const bool narrowed = has_condition(choice) || options.has("duplicates");
  if (!narrowed && !options.has("all")) {
    throw Error(ErrorCode::usage, "delete needs a condition, or --all",
                "kubectl akqueue top --state queued lists the actors; then delete --actor NAME");
  }
  if (choice.has_ids() && options.has("duplicates"))
    throw Error(ErrorCode::usage, "--duplicates does not go with ids", "the ids say which tasks are meant");
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
  request.duplicates = read_duplicates(options);
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
              "--jobs 2 takes about a third less time, and more of the database meanwhile: for a site that\n"
              "nobody uses. Sessions share the walk through the table; ids and what is left at the end\n"
              "are for one.\n"
              "\n"
              "Duplicates have the same tenant, queue, actor, uid and object, and without a uid the same\n"
              "arguments, read from the messages without unpickling them. From 2026.8 on tasks may wait\n"
              "for others; one whose dependencies are gone would run. The preview says how many would.",
          .effect = Effect::destroys,
          .options = with_choosing(
              with_following(with_braking(
                  {{"all", 0, "", "no condition: every queued task (or --state any)"},
                   {"duplicates", 0, "", "all but one of those that are alike"},
                   {.name = "keep", .argument = "WHICH", .help = "the duplicate that stays", .values = "newest|oldest"},
                   kStopSource,
                   kIncludeRunning,
                   kWithDependents,
                   kKeepDependencies,
                   kJobs})),
              {"held", "holder"}),
          .examples = {{"delete --actor outpost_send_update", "what waits of one actor"},
                       {"delete --state done,rejected --older-than 30d", "old history"},
                       {"delete --actor outpost_send_update --keep-newest 1", "all but each outpost's newest update"},
                       {"delete --duplicates --dry-run", "what would go of that which waits several times"},
                       {"delete -f ids.txt --yes", "the tasks of a list"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_delete};
}

}  // namespace akqueue::commands
