#include "commands/backup/commands.hpp"

#include <algorithm>
#include <filesystem>

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "commands/backup/restore_flow.hpp"
#include "commands/shared/filter_options.hpp"
#include "system/paths.hpp"

namespace akqueue::commands {
namespace {

/// It came to its end and had deleted nothing.
bool deleted_nothing(const backup::HistoryEntry& entry) { return entry.end && entry.end->tasks == 0; }

/// Of the tasks in it, some were running when it deleted them.
bool takes_running(const backup::BackupContents& contents) {
  return contents.header.include_running && std::ranges::any_of(contents.tasks, [](const auto& one) {
           return std::ranges::find(task_state::kTaken, one.first.first) != task_state::kTaken.end();
         });
}

bool was_taken_back(const std::vector<backup::HistoryEntry>& entries, const backup::HistoryEntry& deletion) {
  return std::ranges::any_of(entries, [&](const backup::HistoryEntry& entry) {
    return entry.of == deletion.id && entry.end && entry.end->complete();
  });
}

/// Goes back through this site's deletions to the last one of which some task is not in the table: the table tells,
/// since the history can't know what an index kept out, what came in between, or what the database lost.
class LastDeletion {
 public:
  /// `with_running`: what was running when it was deleted is to come back as well.
  LastDeletion(const backup::StateDirectory& state, const Site& site, bool with_running)
      : site_(site),
        with_running_(with_running),
        entries_(backup::read_history(state)),
        here_(entry_of({}, site, "", 0, site.facts.now)) {}

  Restoring find() {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->effect != Effect::destroys) continue;
      elsewhere_ = elsewhere_ || (entry->same_names(here_) && !entry->same_site(here_));
      if (!entry->same_site(here_)) continue;
      if (entry->backup.empty()) {
        if (deleted_nothing(*entry)) continue;
        throw Error(ErrorCode::not_found, "the last deletion here was made with --no-backup: it can't be undone",
                    "kubectl akqueue history shows what else was done");
      }
      if (auto file = missing_from(*entry)) return {.file = std::move(*file), .request = {}, .undoes = entry->id};
    }
    if (seen_)
      throw Error(ErrorCode::not_found,
                  "nothing to undo: every task that was deleted here is in the table" +
                      std::string(passed_running_ ? ", or was running when it was deleted" : ""),
                  passed_running_ ? "kubectl akqueue undo --include-running brings back what was running as well"
                                  : "kubectl akqueue history shows the deletions");
    if (elsewhere_) {
      throw Error(ErrorCode::not_found,
                  "nothing to undo: the deletions of this context, namespace and database in the history were made in "
                  "another database of that name",
                  "is this the right cluster? kubectl akqueue restore FILE takes any backup");
    }
    throw Error(ErrorCode::not_found,
                "nothing to undo: no deletion of this context, namespace and database is in this machine's history",
                "kubectl akqueue history shows what is; kubectl akqueue restore FILE takes any backup");
  }

 private:
  /// Its backup, checked, where some of its tasks are not there.
  std::optional<backup::BackupFile> missing_from(const backup::HistoryEntry& entry) {
    if (!std::filesystem::exists(system::path_of(entry.backup))) {
      seen_ = true;
      if (deleted_nothing(entry) || was_taken_back(entries_, entry)) return std::nullopt;
      throw Error(ErrorCode::not_found, "the backup of the last deletion is gone: " + entry.backup,
                  "kubectl akqueue restore takes a copy of it, if there is one");
    }
    backup::BackupFile file(entry.backup);
    if (file.being_written()) {
      throw Error(
          ErrorCode::refused,
          "the " + entry.command + " of " + entry.at.substr(0, 19) + "Z is still running: it writes " + entry.backup,
          "wait for its end, or end it with Ctrl-C; then undo it");
    }
    file.check();
    if (backup::another_system(file.contents().header.system, site_.facts.system)) {
      elsewhere_ = true;
      return std::nullopt;
    }
    seen_ = true;
    if (queue::all_there(site_.database(), file, with_running_)) {
      passed_running_ = passed_running_ || (!with_running_ && takes_running(file.contents()));
      return std::nullopt;
    }
    return file;
  }

  const Site& site_;
  bool with_running_;
  std::vector<backup::HistoryEntry> entries_;
  backup::HistoryEntry here_;
  bool seen_ = false;            ///< a deletion of this site
  bool passed_running_ = false;  ///< one of which only what was running may be missing
  bool elsewhere_ = false;       ///< one of another database that is called the same
};

int run_undo(const cli::Invocation& invocation) {
  const RestoreRequest request = read_restore_request(invocation.options, invocation.command);
  const cli::Environment& environment = invocation.environment;
  Site site = enter(environment, request.site);
  refuse_standby(site);
  Restoring restoring = LastDeletion(environment.state, site, request.with_running || request.as_rejected).find();
  restoring.request = request;
  return restore_with_questions(environment, site, restoring);
}

int run_restore(const cli::Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  if (arguments.empty())
    throw Error(ErrorCode::usage, "restore needs the backup file",
                "kubectl akqueue backups lists those of this machine");
  const RestoreRequest request = read_restore_request(invocation.options, invocation.command);
  Restoring restoring{
      .file = backup::BackupFile(system::text_of(std::filesystem::absolute(system::path_of(arguments.front())))),
      .request = request,
      .undoes = {}};
  if (restoring.file.being_written()) {
    throw Error(ErrorCode::refused, "the command that writes " + restoring.file.path() + " is still running",
                "wait for its end, or end it with Ctrl-C; then restore it");
  }
  restoring.file.check();
  Site site = enter(invocation.environment, request.site);
  return restore_with_questions(invocation.environment, site, restoring);
}

}  // namespace

cli::Command undo_command() {
  return {.name = "undo",
          .group = "Bring back",
          .summary = "Take the last deletion back",
          .arguments = "",
          .description =
              "Restores what the last flush or delete of this context, namespace and database deleted, from\n"
              "the backup that it wrote on this machine. Tasks that are there already are left alone, so a\n"
              "second undo goes further back. Conditions choose a part. What was running when a deletion\n"
              "took it (--include-running) has ended since or runs still: it is left out, and named.",
          .effect = Effect::restores,
          .options = restoring_options(),
          .examples = {{"undo --dry-run", "what would come back"},
                       {"undo", "everything that the last deletion took"},
                       {"undo --as-rejected", "without letting the workers run it"},
                       {"undo --include-running", "what was running when it was deleted too: it runs again"}},
          .outputs = "table|json|jsonl",
          .run = run_undo};
}

cli::Command restore_command() {
  return {
      .name = "restore",
      .group = "Bring back",
      .summary = "Put the rows of a backup back",
      .arguments = "FILE",
      .most_arguments = 1,
      .description =
          "Checks the whole file first, then inserts its rows batch by batch: tasks, their logs and\n"
          "rows of other tables. Tasks that are there already are left alone, and counted. Triggers\n"
          "fire: restored queued tasks wake the workers.",
      .effect = Effect::restores,
      .options = restore_options(),
      .examples = {{"restore backup.tasks.gz --dry-run", "what would come back, exactly: every batch is rolled back"},
                   {"restore backup.tasks.gz --actor outpost_send_update", "a part of it"}},
      .outputs = "table|json|jsonl",
      .run = run_restore};
}

}  // namespace akqueue::commands
