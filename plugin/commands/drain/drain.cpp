#include "commands/drain/commands.hpp"
#include "commands/drain/flow.hpp"

namespace akqueue::commands {
namespace {

int run_drain(const cli::Invocation& invocation) {
  return drain_with_questions(invocation.environment, read_drain_request(invocation.options, invocation.command));
}

}  // namespace

cli::Command drain_command() {
  return {.name = "drain",
          .group = "Delete",
          .summary = "Scale the workers to 0, delete, scale back",
          .arguments = "[flush [QUEUE]|delete [ID...]]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Shows what will go and every step, asks, scales the release's worker deployments to 0,\n"
              "waits until their pods are gone, runs the flush (of the default queue, where nothing else\n"
              "is said) or the delete, scales back to what was there, waits until the workers are Ready,\n"
              "and watches for a minute to see whether the queue refills.\n"
              "\n"
              "What brings the workers back is noted on the deployment in the same change that scales it\n"
              "down: whatever ends the command, drain --resume finishes it from any machine, and status\n"
              "says that it is unfinished. Ctrl-C at any step offers to scale back; where nobody can be\n"
              "asked, a drain that fails scales back by itself.",
          .effect = Effect::destroys,
          .options = drain_options(),
          .examples = {{"drain --dry-run", "the plan, step by step"},
                       {"drain", "workers down, empty the default queue, workers back"},
                       {"drain delete --actor outpost_send_update --reason 'incident 42'",
                        "what waits of it (drain --actor: its history too)"},
                       {"drain --resume", "finish what was cut short"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_drain};
}

}  // namespace akqueue::commands
