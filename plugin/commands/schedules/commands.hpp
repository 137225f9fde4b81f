// The command that looks at schedules and changes them.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command schedules_command();

cli::Command schedules_list_verb();
cli::Command schedules_show_verb();
cli::Command schedules_run_verb();
cli::Command schedules_pause_verb();
cli::Command schedules_resume_verb();
cli::Command schedules_set_verb();

}  // namespace akqueue::commands
