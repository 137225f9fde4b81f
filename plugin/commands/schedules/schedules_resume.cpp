#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_flow.hpp"

namespace akqueue::commands {
namespace {

int run_schedules_resume(const cli::Invocation& invocation) {
  return change_schedules_with_questions(invocation.environment,
                                         read_schedule_request(invocation, {.change = queue::ScheduleChange::resume}));
}

}  // namespace

cli::Command schedules_resume_verb() {
  return {.name = "resume",
          .summary = "Let paused ones make tasks again",
          .arguments = "SCHEDULE...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "From their next time on, which is set together with it: a schedule that is resumed without\n"
              "that is counted up from 1970, and holds all others up meanwhile.",
          .effect = Effect::changes,
          .options = {kAllSchedules},
          .examples = {{"schedules resume outpost_controller", "by its crontab again"},
                       {"schedules resume --all --dry-run", "what is paused"}},
          .outputs = kScheduleChangeOutputs,
          .run = run_schedules_resume};
}

}  // namespace akqueue::commands
