#include <filesystem>

#include "akqueue/error.hpp"
#include "akqueue/time.hpp"
#include "commands/backup/backups.hpp"
#include "system/paths.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

struct PruneRequest {
  std::int64_t older_than_s = 0;
  bool dry_run = false;
  bool ask = true;
};

PruneRequest read_prune_request(const Options& options) {
  const auto age = options.value("older-than");
  if (!age) throw Error(ErrorCode::usage, "prune needs --older-than", "kubectl akqueue backups prune --older-than 30d");
  return {.older_than_s = parse_duration(*age), .dry_run = options.has("dry-run"), .ask = !options.has("yes")};
}

constexpr const char* kNothingDeleted = "no backup was deleted";

void ask_to_prune(const cli::Environment& environment, const std::vector<backup::KeptBackup>& old) {
  ui::Terminal& terminal = environment.terminal;
  ui::check_can_ask(terminal, false, kNothingDeleted);
  for (const backup::KeptBackup& file : old)
    terminal.err(ui::format_text("{}  {}\n", file.name, ui::format_size(file.bytes)));
  ui::ask_yes(
      terminal, environment.interrupts,
      {ui::format_text("Delete {} for good?", count_of(static_cast<std::int64_t>(old.size()), "backup", "backups")),
       kNothingDeleted});
}

void delete_file(const backup::KeptBackup& file) {
  std::error_code failure;
  std::filesystem::remove(system::path_of(file.path), failure);
  if (failure)
    throw Error(ErrorCode::system, "can't delete " + file.path + ": " + failure.message(),
                "those before it are deleted");
}

int run_backups_prune(const cli::Invocation& invocation) {
  const PruneRequest request = read_prune_request(invocation.options);
  const cli::Environment& environment = invocation.environment;
  const backup::KeptBackups kept = backup::find_kept_backups(environment.state);
  tell_of_others(environment, kept);
  std::vector<backup::KeptBackup> old = kept.files;
  std::erase_if(
      old, [&](const backup::KeptBackup& file) { return file.age_s <= request.older_than_s || file.being_written; });
  if (old.empty()) {
    environment.terminal.out(ui::format_text("no backup is older than {}\n", format_duration(request.older_than_s)));
    return 0;
  }
  if (!request.dry_run && request.ask) ask_to_prune(environment, old);
  for (const backup::KeptBackup& file : old) {
    if (!request.dry_run) delete_file(file);
    environment.terminal.out(ui::format_text("backup/{} deleted{}\n", file.name, request.dry_run ? " (dry run)" : ""));
  }
  return 0;
}

}  // namespace

cli::Command backups_prune_verb() {
  return {.name = "prune",
          .summary = "Delete those that are older than a time",
          .description = "Asks first. What is being written, or is not a backup, is left alone.",
          .effect = Effect::changes,
          .options = {{"older-than", 0, "DURATION", "what to delete, like 30d; must be given"}},
          .examples = {{"backups prune --older-than 90d", "what is old enough to go"}},
          .enters_cluster = false,
          .run = run_backups_prune};
}

}  // namespace akqueue::commands
