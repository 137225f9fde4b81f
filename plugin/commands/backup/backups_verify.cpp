#include "backup/reader.hpp"
#include "commands/backup/backups.hpp"
#include "commands/shared/other_rows_text.hpp"
#include "ui/errors.hpp"

namespace akqueue::commands {
namespace {

int run_backups_verify(const cli::Invocation& invocation) {
  const cli::Environment& environment = invocation.environment;
  std::vector<std::string> paths;
  for (const std::string& one : invocation.options.arguments()) paths.push_back(backup_named(environment.state, one));
  if (paths.empty()) {
    for (const backup::KeptBackup& file : backup::find_kept_backups(environment.state).files)
      paths.push_back(file.path);
  }
  int status = 0;
  for (const std::string& path : paths) {
    try {
      backup::BackupFile file(path);
      const backup::BackupContents& contents = file.check();
      environment.terminal.out(ui::format_text("{}: whole, {}{}\n", path,
                                               tasks_and_rows(backup::total(contents.tasks), contents.other_rows),
                                               contents.complete ? "" : "; its command was cut short"));
    } catch (const Error& error) {
      ui::print_error(environment.terminal, error);
      status = error_kind(error.code()).exit_status;
    }
  }
  return status;
}

}  // namespace

cli::Command backups_verify_verb() {
  return {.name = "verify",
          .summary = "Check that they are whole",
          .arguments = "[FILE...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description = "Reads whole files (without FILE: all of this machine) and checks every sum in them.",
          .examples = {{"backups verify", "whether all of them are whole"}},
          .enters_cluster = false,
          .run = run_backups_verify};
}

}  // namespace akqueue::commands
