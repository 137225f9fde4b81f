#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_flow.hpp"

namespace akqueue::commands {
namespace {

int run_schedules_run(const cli::Invocation& invocation) {
  return change_schedules_with_questions(
      invocation.environment, read_schedule_request(invocation, {.change = queue::ScheduleChange::run,
                                                                 .even_paused = invocation.options.has("resume")}));
}

}  // namespace

cli::Command schedules_run_verb() {
  return {.name = "run",
          .summary = "Make the task of some now",
          .arguments = "SCHEDULE...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Their next run becomes now, and a worker is woken: the task is there within a second. The\n"
              "times after it are those of the crontab. The scheduler passes over what is paused: --resume\n"
              "resumes such a schedule and runs it, and it stays resumed. From 2026.2 on it also passes\n"
              "over what still has an unfinished task.",
          .effect = Effect::changes,
          .options = {{"resume", 0, "", "of those that are paused as well: they are resumed, and stay so"}},
          .examples = {{"schedules run certificate_discovery", "look for certificates now"}},
          .outputs = kScheduleChangeOutputs,
          .run = run_schedules_run};
}

}  // namespace akqueue::commands
