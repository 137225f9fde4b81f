#include "commands/backup/commands.hpp"

#include <algorithm>
#include <filesystem>

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "commands/backup/backups.hpp"
#include "commands/backup/change_undo.hpp"
#include "commands/backup/restore_flow.hpp"
#include "commands/backup/schedule_undo.hpp"
#include "commands/shared/filter_options.hpp"
#include "queue/change/change_undo.hpp"
#include "queue/change/schedule_undo.hpp"
#include "system/paths.hpp"

namespace akqueue::commands {
namespace {

/// It came to its end and had deleted or changed nothing.
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

/// `20261127T230616Z-b36f: flush of 984 tasks at 2026-11-27 23:06:16Z, queue default and all of its history`, and why.
std::string words_of(const backup::HistoryEntry& entry) {
  const bool schedules = queue::is_of_schedules(entry.change);
  const std::string things = schedules ? "schedules" : "tasks";
  const std::string tasks =
      entry.end ? count_of(entry.end->tasks, schedules ? "schedule" : "task", things) : things + ", cut short,";
  std::string at = entry.at.substr(0, 19);
  std::ranges::replace(at, 'T', ' ');
  return entry.id + ": " + entry.command + " of " + tasks + " at " + at + "Z, " + entry.what +
         (entry.reason.empty() ? "" : "; reason: " + entry.reason);
}

/// Deletions, and changes of rows that stay, can be undone.
bool can_be_undone(const backup::HistoryEntry& entry) {
  return entry.effect == Effect::destroys || entry.effect == Effect::changes;
}

/// What to take back. Without an id the last deletion on this site of which some task is not in the table, or the last
/// change of which some row is still as it left it: the table tells, since the history can't know what an index kept
/// out, what came in between, what workers took, or what the database lost.
class DeletionToUndo {
 public:
  /// `id`: the beginning of one; empty: the last. `with_running`: what was running when it was deleted is to come back
  /// as well.
  DeletionToUndo(const backup::StateDirectory& state, const Site& site, std::string id, bool with_running)
      : site_(site),
        with_running_(with_running),
        id_(std::move(id)),
        entries_(backup::read_history(state)),
        here_(entry_of({}, site, "", 0, site.facts.now)) {}

  Restoring find() {
    if (!id_.empty()) return named();
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (!can_be_undone(*entry)) continue;
      elsewhere_ = elsewhere_ || (entry->same_names(here_) && !entry->same_site(here_));
      if (!entry->same_site(here_)) continue;
      if (entry->backup.empty() && deleted_nothing(*entry)) continue;
      if (auto file = missing_from(*entry)) return restoring(std::move(*file), *entry);
      if (was_taken_back(entries_, *entry)) taken_back_ = true;
    }
    throw nothing_left();
  }

 private:
  Restoring restoring(backup::BackupFile file, const backup::HistoryEntry& entry) const {
    return {.file = std::move(file),
            .request = {},
            .undoes = entry.id,
            .undoes_words = words_of(entry),
            .with = entry.with,
            .further_back = taken_back_};
  }

  Restoring named() {
    const backup::HistoryEntry& entry = entry_named();
    if (!entry.same_site(here_)) {
      throw Error(ErrorCode::refused,
                  entry.id + " was made in context " + entry.context + ", namespace " + entry.name_space +
                      ", database " + entry.database + ", not here; nothing was restored",
                  "--context and --namespace lead there; kubectl akqueue restore " + entry.id + " takes its backup");
    }
    if (auto file = missing_from(entry)) return restoring(std::move(*file), entry);
    throw elsewhere_
        ? nothing_left()
        : Error(ErrorCode::not_found,
                queue::is_of_schedules(entry.change)
                    ? "nothing to undo: every schedule of it has run or was changed since, or it is undone already; "
                      "it was " +
                          words_of(entry)
                : entry.effect == Effect::changes
                    ? "nothing to undo: workers have taken every task of it, or it is undone already; it was " +
                          words_of(entry)
                    : "nothing to undo: every task of it is in the table; it was " + words_of(entry),
                "kubectl akqueue history shows what was done");
  }

  const backup::HistoryEntry& entry_named() const {
    constexpr std::string_view kHint = "kubectl akqueue history shows the ids of deletions";
    const backup::HistoryEntry* found = nullptr;
    for (const backup::HistoryEntry& entry : entries_) {
      if (!entry.id.starts_with(id_)) continue;
      if (found != nullptr)
        throw Error(ErrorCode::usage, "'" + id_ + "' is the beginning of several ids: " + found->id + ", " + entry.id,
                    "give more of the id");
      found = &entry;
    }
    if (found == nullptr)
      throw Error(ErrorCode::not_found, "nothing with the id '" + id_ + "' is in this machine's history",
                  std::string(kHint));
    if (!can_be_undone(*found))
      throw Error(ErrorCode::usage, found->id + " is a " + found->command + ": only deletions and changes are undone",
                  std::string(kHint));
    return *found;
  }

  Error nothing_left() const {
    if (changed_)
      return Error(ErrorCode::not_found,
                   "nothing to undo: what was deleted here is in the table, and what was changed is undone, or workers "
                   "have taken it",
                   "kubectl akqueue history shows what was done");
    if (seen_)
      return Error(ErrorCode::not_found,
                   "nothing to undo: every task that was deleted here is in the table" +
                       std::string(passed_running_ ? ", or was running when it was deleted" : ""),
                   passed_running_ ? "kubectl akqueue undo --include-running brings back what was running as well"
                                   : "kubectl akqueue history shows the deletions");
    if (elsewhere_)
      return Error(
          ErrorCode::not_found,
          "nothing to undo: the deletions of this context, namespace and database in the history were made in another "
          "database of that name",
          "is this the right cluster? kubectl akqueue restore FILE takes any backup");
    return Error(ErrorCode::not_found,
                 "nothing to undo: no deletion of this context, namespace and database is in this machine's history",
                 "kubectl akqueue history shows what is; kubectl akqueue restore FILE takes any backup");
  }

  /// Its backup, checked, where some of its tasks are not there.
  std::optional<backup::BackupFile> missing_from(const backup::HistoryEntry& entry) {
    if (entry.backup.empty())
      throw Error(ErrorCode::not_found,
                  std::string(id_.empty() ? "the last deletion here" : "that deletion") +
                      " was made with --no-backup: it can't be undone",
                  "kubectl akqueue history shows what else was done");
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
    if (!file.contents().header.change.empty()) {
      changed_ = true;
      return still_as_left(file) ? std::optional(std::move(file)) : std::nullopt;
    }
    if (queue::all_there(site_.database(), file, with_running_)) {
      passed_running_ = passed_running_ || (!with_running_ && takes_running(file.contents()));
      return std::nullopt;
    }
    return file;
  }

  bool still_as_left(backup::BackupFile& file) const {
    if (queue::is_of_schedules(file.contents().header.change))
      return queue::judge_schedule_undo(site_.database(), file).taken_back() > 0;
    return queue::can_be_taken_back(site_.database(), file);
  }

  const Site& site_;
  bool with_running_;
  std::string id_;
  std::vector<backup::HistoryEntry> entries_;
  backup::HistoryEntry here_;
  bool seen_ = false;            ///< a deletion or a change of this site
  bool changed_ = false;         ///< a change
  bool taken_back_ = false;      ///< a later one was undone
  bool passed_running_ = false;  ///< one of which only what was running may be missing
  bool elsewhere_ = false;       ///< one of another database that is called the same
};

/// Who says undo twice may not mean an earlier deletion: with the id, or when asked, that is clear.
void refuse_further_back(const Restoring& restoring) {
  if (!restoring.further_back || restoring.request.ask || restoring.request.dry_run) return;
  throw Error(ErrorCode::refused,
              "the last one here is undone already, and this would go further back, to " + restoring.undoes_words +
                  "; nothing was restored",
              "kubectl akqueue undo " + restoring.undoes + " takes that one back");
}

int take_back_what_it_was(const cli::Environment& environment, const Cluster& cluster, Site& site,
                          Restoring& restoring) {
  const std::string& change = restoring.file.contents().header.change;
  if (change.empty()) return restore_with_questions(environment, cluster, site, restoring);
  return queue::is_of_schedules(change) ? undo_schedules_with_questions(environment, site, restoring)
                                        : undo_change_with_questions(environment, site, restoring);
}

int run_undo(const cli::Invocation& invocation) {
  const RestoreRequest request = read_restore_request(invocation.options, invocation.command);
  const cli::Environment& environment = invocation.environment;
  const auto& arguments = invocation.options.arguments();
  Cluster cluster = open_cluster(environment, request.site);
  Site site = enter(environment, cluster, look_around(environment, cluster));
  refuse_standby(site);
  Restoring restoring = DeletionToUndo(environment.state, site, arguments.empty() ? "" : arguments.front(),
                                       request.with_running || request.as_rejected)
                            .find();
  restoring.request = request;
  refuse_further_back(restoring);
  environment.terminal.err(ui::format_text(
      "{}undoes {}\n", restoring.further_back ? "the last one is undone already; " : "", restoring.undoes_words));
  const bool whole = request.choice.empty() && !restoring.with.empty();
  const int status = take_back_what_it_was(environment, cluster, site, restoring);
  if (status == 0 && whole) take_back_with(environment, site, restoring);
  return status;
}

int run_restore(const cli::Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  if (arguments.empty())
    throw Error(ErrorCode::usage, "restore needs the backup file",
                "kubectl akqueue backups lists those of this machine");
  const RestoreRequest request = read_restore_request(invocation.options, invocation.command);
  Restoring restoring{.file = backup::BackupFile(backup_named(invocation.environment.state, arguments.front())),
                      .request = request};
  if (restoring.file.being_written()) {
    throw Error(ErrorCode::refused, "the command that writes " + restoring.file.path() + " is still running",
                "wait for its end, or end it with Ctrl-C; then restore it");
  }
  restoring.file.check();
  if (!restoring.file.contents().header.change.empty())
    throw Error(ErrorCode::usage,
                restoring.file.path() + " is the record of a change, not a backup: its tasks were not deleted",
                "kubectl akqueue undo ID takes a change back; kubectl akqueue history shows the ids");
  Cluster cluster = open_cluster(invocation.environment, request.site);
  Site site = enter(invocation.environment, cluster, look_around(invocation.environment, cluster));
  return restore_with_questions(invocation.environment, cluster, site, restoring);
}

}  // namespace

cli::Command undo_command() {
  return {.name = "undo",
          .group = "Bring back",
          .summary = "Take the last deletion or change back",
          .arguments = "[ID]",
          .most_arguments = 1,
          .description =
              "Restores what the last flush or delete of this context, namespace and database deleted, from\n"
              "the backup that it wrote on this machine, and says first which deletion that is. With an ID\n"
              "of kubectl akqueue history it is that one. Tasks that are there already are left alone.\n"
              "Where the last one is undone already, an earlier one is taken back only by its ID or after\n"
              "the question. Conditions choose a part. What was running when a deletion took it\n"
              "(--include-running) has ended since or runs still: it is left out, and named.\n"
              "\n"
              "A change (retry) is taken back row by row, from its record: each task becomes what it was,\n"
              "unless a worker has taken it since; what is left alone is counted, with the reason. So are\n"
              "changes of schedules.",
          .effect = Effect::restores,
          .options = restoring_options(),
          .examples = {{"undo --dry-run", "what would come back"},
                       {"undo", "everything that the last deletion took"},
                       {"undo 20261127T230616Z-b36f", "what that one took"},
                       {"undo --as-rejected", "without letting the workers run it"},
                       {"undo --jobs 2", "in less time, with two sessions"},
                       {"undo --include-running", "what was running when it was deleted too: it runs again"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
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
          "FILE is a path, or a backup of this machine by its name or the id that it begins with.\n"
          "Checks the whole file first, then inserts its rows batch by batch: tasks, their logs and\n"
          "rows of other tables. Tasks that are there already are left alone, and counted. Triggers\n"
          "fire: restored queued tasks wake the workers.",
      .effect = Effect::restores,
      .options = restore_options(),
      .examples = {{"restore backup.tasks.gz --dry-run", "what would come back, exactly: every batch is rolled back"},
                   {"restore backup.tasks.gz --actor outpost_send_update", "a part of it"}},
      .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
      .run = run_restore};
}

}  // namespace akqueue::commands
