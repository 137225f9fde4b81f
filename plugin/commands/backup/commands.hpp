// What brings back: undo, restore, history, backup, backups. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command undo_command();
cli::Command restore_command();
cli::Command history_command();
cli::Command backup_command();
cli::Command backups_command();

}  // namespace akqueue::commands
