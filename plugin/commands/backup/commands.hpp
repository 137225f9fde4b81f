// What brings back: undo, restore, history, backup, backups. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

Command undo_command();
Command restore_command();
Command history_command();
Command backup_command();
Command backups_command();

}  // namespace akqueue
