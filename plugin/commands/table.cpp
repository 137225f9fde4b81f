#include "cli/command.hpp"
#include "commands/backup/commands.hpp"
#include "commands/completion/commands.hpp"
#include "commands/config/commands.hpp"
#include "commands/delete/commands.hpp"
#include "commands/drain/commands.hpp"
#include "commands/look/commands.hpp"
#include "commands/others.hpp"
#include "commands/repair/commands.hpp"
#include "commands/schedules/commands.hpp"
#include "commands/watch/commands.hpp"

namespace akqueue::commands {
namespace {

std::vector<cli::Command> with_verbs_named(std::vector<cli::Command> table) {
  for (cli::Command& command : table) {
    for (cli::Command& verb : command.verbs) verb.verb_of = command.name;
  }
  return table;
}

const std::vector<cli::Command>& rows() {
  static const std::vector<cli::Command> table = with_verbs_named({
      status_command(),  top_command(),      list_command(),       show_command(),    schema_command(),
      workers_command(), settings_command(), watch_command(),      wait_command(),    flush_command(),
      delete_command(),  drain_command(),    retry_command(),      recover_command(), schedules_command(),
      undo_command(),    restore_command(),  history_command(),    backup_command(),  backups_command(),
      rbac_command(),    config_command(),   completion_command(), version_command(), options_command(),
      help_command(),
  });
  return table;
}

}  // namespace
}  // namespace akqueue::commands

std::span<const akqueue::cli::Command> akqueue::cli::all_commands() { return commands::rows(); }
