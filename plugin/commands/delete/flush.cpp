#include "commands/delete/flush.hpp"
#include "commands/delete/braking.hpp"

#include "akqueue/tasks.hpp"
#include "commands/delete/commands.hpp"
#include "commands/delete/deletion_flow.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

int run_flush(const cli::Invocation& invocation) {
  DeletionRequest request = flush_orders(invocation.options, invocation.options.arguments());
  read_manner(invocation.options, invocation.command, request);
  return delete_with_questions(invocation.environment, request);
}

}  // namespace

DeletionRequest flush_orders(const Options& options, const std::vector<std::string>& arguments) {
  const std::string queue = arguments.empty() ? std::string(kDefaultQueue) : arguments.front();
  if (queue.empty())
    throw Error(ErrorCode::usage, "the queue's name is empty", "kubectl akqueue status -o name lists the queues");
  const auto queues = broker_queues(queue);
  DeletionRequest deleting;
  deleting.choice = read_choice(options, {.ids = false});
  deleting.queue = queue;
  deleting.dependents = read_dependents(options);
  if (options.has("only-queued")) {
    if (options.has("state"))
      throw Error(ErrorCode::usage, "--only-queued can't be used with --state", "leave out one of them");
    deleting.choice.states = {std::string(task_state::kQueued)};
  }
  if (deleting.choice.empty()) deleting.whole_queue = queue;
  deleting.choice.queues = {queues.begin(), queues.end()};
  return deleting;
}

cli::Command flush_command() {
  return {.name = "flush",
          .group = "Delete",
          .summary = "Empty a queue, its history too",
          .arguments = "[QUEUE]",
          .most_arguments = 1,
          .description =
              "Deletes every task of QUEUE (default: default) and of its delayed and dead-letter twins\n"
              "QUEUE.DQ and QUEUE.XQ, whatever its state, as the broker's own flush does: the finished\n"
              "tasks and their logs go too. --only-queued keeps them; other conditions narrow it down.\n"
              "\n"
              "Shows first what will go, and asks for the queue's name. Works in short transactions\n"
              "beside a live site. Tasks that a live worker holds are left alone, and so is what comes\n"
              "in after the preview. Ctrl-C ends after the batch that runs; what is deleted by then stays\n"
              "deleted, and a second flush goes on.\n"
              "\n"
              "--jobs 2 takes about a third less time, and more of the database meanwhile: for a site that\n"
              "nobody uses. Sessions share the walk through the table; ids and what is left at the end\n"
              "are for one.\n"
              "\n"
              "From 2026.8 on tasks may wait for others; one whose dependencies are gone would run. What\n"
              "goes together is never without; where tasks outside wait for these, the preview says so.",
          .effect = Effect::destroys,
          .options =
              with_choosing(with_following(with_braking({{"only-queued", 0, "", "delete what waits, keep the history"},
                                                         kStopSource,
                                                         kIncludeRunning,
                                                         kWithDependents,
                                                         kKeepDependencies,
                                                         kJobs})),
                            {"queue", "filename", "held", "holder"}),
          .examples = {{"flush --dry-run", "what would go"},
                       {"flush", "empty the default queue, history included"},
                       {"flush --only-queued --yes", "drop what waits, keep the history, do not ask"},
                       {"flush --only-queued --keep-dependencies", "but leave what waiting tasks depend on"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_flush};
}

}  // namespace akqueue::commands
