#include "commands/schedules/commands.hpp"

namespace akqueue::commands {

cli::Command schedules_command() {
  return {.name = "schedules",
          .group = "Repair",
          .summary = "List schedules; run, pause, resume or change one",
          .description =
              "A schedule is what makes authentik enqueue a task at certain times. One is named by its\n"
              "actor (the whole name, its end, or a glob), by ACTOR:UID or UID where an actor has\n"
              "several, or by its id.",
          .verbs = {schedules_list_verb(), schedules_show_verb(), schedules_run_verb(), schedules_pause_verb(),
                    schedules_resume_verb(), schedules_set_verb()}};
}

}  // namespace akqueue::commands
