#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_flow.hpp"

namespace akqueue::commands {
namespace {

int run_schedules_pause(const cli::Invocation& invocation) {
  queue::ScheduleWays ways{.change = queue::ScheduleChange::pause};
  if (const auto given = invocation.options.value("for"))
    ways = {.change = queue::ScheduleChange::hold, .hold_s = parse_duration(*given)};
  return change_schedules_with_questions(invocation.environment, read_schedule_request(invocation, std::move(ways)));
}

}  // namespace

cli::Command schedules_pause_verb() {
  return {.name = "pause",
          .summary = "Stop some from making tasks",
          .arguments = "SCHEDULE...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Until they are resumed, whatever becomes of the workers. Releases before 2026.8 forget a\n"
              "pause when a worker starts: there the next run is put into the year 2999 instead, which the\n"
              "admin UI does not call paused; kubectl akqueue schedules does, and status tells of it.\n"
              "\n"
              "--for puts the next run behind that time, so that authentik itself goes on then: nobody has\n"
              "to remember, and no job has to resume it.",
          .effect = Effect::changes,
          .options = {{"for", 0, "DURATION", "only for this long, such as 2h; then they go on by themselves"},
                      kAllSchedules},
          .examples = {{"schedules pause outpost_controller", "while its outposts are repaired"},
                       {"schedules pause 'authentik.sources.*' --for 2h", "while the directory is away"}},
          .outputs = kScheduleChangeOutputs,
          .run = run_schedules_pause};
}

}  // namespace akqueue::commands
