#include "akqueue/crontab.hpp"
#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_flow.hpp"

namespace akqueue::commands {
namespace {

std::string checked_crontab(const cli::Invocation& invocation) {
  const auto given = invocation.options.value("crontab");
  if (!given)
    throw Error(ErrorCode::usage, "schedules set needs --crontab",
                "such as --crontab '13 * * * *': minute, hour, day of month, month, day of week");
  const auto crontab = Crontab::parse(*given);
  if (!crontab)
    throw Error(ErrorCode::usage, "'" + *given + "' is not a crontab",
                "five fields, such as '13 */4 * * *': minute, hour, day of month, month, day of week");
  if (!crontab->next(0))
    throw Error(ErrorCode::usage, "'" + *given + "' never comes",
                "authentik needs both days to match, and a month that has them");
  return *given;
}

int run_schedules_set(const cli::Invocation& invocation) {
  return change_schedules_with_questions(invocation.environment,
                                         read_schedule_request(invocation, {.change = queue::ScheduleChange::crontab,
                                                                            .crontab = checked_crontab(invocation)}));
}

}  // namespace

cli::Command schedules_set_verb() {
  return {.name = "set",
          .summary = "Give some another crontab",
          .arguments = "SCHEDULE...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "The next run follows the new crontab; what is paused stays paused. The preview shows the\n"
              "next five times. Times are UTC. As authentik reads them: where day of month and day of week\n"
              "are both given, both must match, and 5/10 is 5 alone.",
          .effect = Effect::changes,
          .options = {{"crontab", 0, "CRONTAB", "minute, hour, day of month, month, day of week: '13 */4 * * *'"}},
          .examples = {{"schedules set outpost_controller --crontab '57 */4 * * *'", "every four hours again"}},
          .outputs = kScheduleChangeOutputs,
          .run = run_schedules_set};
}

}  // namespace akqueue::commands
