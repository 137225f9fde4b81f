#include "commands/restore.hpp"

#include <algorithm>
#include <filesystem>

#include "commands/choosing.hpp"
#include "commands/restoring.hpp"
#include "system/paths.hpp"

namespace akqueue {
namespace {

/// The last deletion of this site that has a backup and was not taken back yet.
HistoryEntry last_deletion(const Invocation& invocation, const HistoryEntry& here) {
  const std::vector<HistoryEntry> entries = read_history(invocation.world.state);
  std::vector<std::string> undone;
  bool without_backup = false;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!entry->same_site(here)) continue;
    if (!entry->of.empty() && entry->end && entry->end->ending == "no more rows") undone.push_back(entry->of);
    if (entry->command != "flush" && entry->command != "delete" && entry->command != "drain") continue;
    if (std::ranges::find(undone, entry->id) != undone.end()) continue;
    if (entry->end && entry->end->tasks == 0 && !std::filesystem::exists(path_of(entry->backup))) continue;
    if (!entry->backup.empty()) return *entry;
    without_backup = true;
    break;
  }
  if (without_backup) throw Error(ErrorCode::not_found, "the last deletion here was made with --no-backup: it can't be undone", "kubectl akqueue history shows what else was done");
  if (!undone.empty()) throw Error(ErrorCode::not_found, "nothing to undo: every deletion here was taken back already", "kubectl akqueue history shows them");
  throw Error(ErrorCode::not_found, "nothing to undo: no deletion of this context, namespace and database is in this machine's history",
              "kubectl akqueue history shows what is; kubectl akqueue restore FILE takes any backup");
}

}  // namespace

int run_restore(const Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  if (arguments.empty()) throw Error(ErrorCode::usage, "restore needs the backup file", "kubectl akqueue backups lists those of this machine");
  Restoring restoring{.path = text_of(std::filesystem::absolute(path_of(arguments.front()))), .choice = read_choice(invocation.options, {.ids = false, .limit = false})};
  const Site site = enter(invocation);
  return restore_with_questions(invocation, site, restoring);
}

int run_undo(const Invocation& invocation) {
  const TaskChoice choice = read_choice(invocation.options, {.ids = false, .limit = false});
  const Site site = enter(invocation);
  const HistoryEntry entry = last_deletion(invocation, entry_of(invocation, site, "", 0, site.facts.now));
  if (!std::filesystem::exists(path_of(entry.backup))) {
    throw Error(ErrorCode::not_found, "the backup of the last deletion is gone: " + entry.backup, "kubectl akqueue restore takes a copy of it, if there is one");
  }
  return restore_with_questions(invocation, site, {.path = entry.backup, .choice = choice, .undoes = entry.id});
}

}  // namespace akqueue
