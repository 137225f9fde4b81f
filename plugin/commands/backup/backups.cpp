#include "commands/backup/commands.hpp"

#include <algorithm>
#include <filesystem>

#include "backup/history.hpp"
#include "backup/kept_backups.hpp"
#include "backup/reader.hpp"
#include "commands/backup/show.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/site.hpp"
#include "system/paths.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::string some;
  for (std::size_t i = 0; i < std::min(kNamed, names.size()); ++i) some += (i == 0 ? "" : ", ") + visible(names[i]);
  return names.size() > kNamed ? some + " and " + std::to_string(names.size() - kNamed) + " more" : some;
}

/// What lies among them and is left alone, so that nobody takes it for a backup, or wonders where it is.
void tell_of_others(const Invocation& invocation, const KeptBackups& kept) {
  Terminal& terminal = invocation.environment.terminal;
  const std::string folder = visible(text_of(invocation.environment.state.backups()));
  if (!kept.unread.empty())
    terminal.err("can't be read, and left alone in " + folder + ": " + some_of(kept.unread) + "\n");
  if (!kept.others.empty())
    terminal.err("no backups, and left alone in " + folder + ": " + some_of(kept.others) + "\n");
}

/// A list of files is worth something without what the history tells of them.
std::vector<HistoryEntry> history_or_none(const Invocation& invocation) {
  try {
    return read_history(invocation.environment.state);
  } catch (const Error& error) {
    print_error(invocation.environment.terminal, error);
    return {};
  }
}

const HistoryEntry* entry_of(const std::vector<HistoryEntry>& entries, const std::string& path) {
  const auto found = std::ranges::find_if(
      entries, [&](const HistoryEntry& entry) { return entry.backup == path && entry.effect != Effect::restores; });
  return found == entries.end() ? nullptr : &*found;
}

int list(const Invocation& invocation) {
  Terminal& terminal = invocation.environment.terminal;
  const KeptBackups kept = find_kept_backups(invocation.environment.state);
  const std::vector<KeptBackup>& files = kept.files;
  const auto entries = history_or_none(invocation);
  Json document = document_of("backups");
  document["backups"] = Json::array();
  Listing listing({{"NAME"}, {"TASKS", true}, {"SIZE", true}, {"WHAT", false, true}, {"AGE", true}});
  for (const KeptBackup& file : files) {
    const HistoryEntry* entry = entry_of(entries, file.path);
    const bool counted = entry != nullptr && entry->end;
    document["backups"].push_back({{"path", file.path},
                                   {"bytes", file.bytes},
                                   {"age_s", file.age_s},
                                   {"tasks", counted ? Json(entry->end->tasks) : Json()},
                                   {"what", entry == nullptr ? Json() : Json(entry->what)}});
    listing.add({file.name, counted ? with_separators(entry->end->tasks) : "", format_size(file.bytes),
                 entry == nullptr ? "" : entry->what, format_age(file.age_s)});
  }
  document["others"] = kept.others;
  document["unread"] = kept.unread;
  const std::string output = invocation.options.text("output", "table");
  if (invocation.machine_output()) {
    terminal.out(as_json(invocation, document));
  } else if (output == "name") {
    for (const KeptBackup& file : files) terminal.out(visible(file.path) + "\n");
  } else if (files.empty() && kept.unread.empty()) {
    terminal.err("no backups in " + text_of(invocation.environment.state.backups()) + "\n");
  } else {
    terminal.out(listing.draw(terminal));
  }
  if (output == "table" || output == "wide") tell_of_others(invocation, kept);
  return 0;
}

/// A name among the backups of this machine, or any path.
std::string backup_named(const Invocation& invocation, const std::string& written) {
  const fs::path path = path_of(written);
  const fs::path among = invocation.environment.state.backups() / path;
  std::error_code failure;
  return text_of(path == path.filename() && fs::exists(among, failure) ? among : fs::absolute(path));
}

int verify(const Invocation& invocation, const std::vector<std::string>& written) {
  std::vector<std::string> paths;
  for (const std::string& one : written) paths.push_back(backup_named(invocation, one));
  if (paths.empty()) {
    for (const KeptBackup& file : find_kept_backups(invocation.environment.state).files) paths.push_back(file.path);
  }
  Terminal& terminal = invocation.environment.terminal;
  int status = 0;
  for (const std::string& path : paths) {
    try {
      BackupFile file(path);
      const BackupContents& contents = file.check();
      std::string words = count_of(total(contents.tasks), "task", "tasks") + ", " +
                          count_of(contents.other_rows, "other row", "other rows");
      if (!contents.complete) words += "; its command was cut short";
      terminal.out(visible(path) + ": whole, " + words + "\n");
    } catch (const Error& error) {
      print_error(terminal, error);
      status = error_kind(error.code()).exit_status;
    }
  }
  return status;
}

int prune(const Invocation& invocation) {
  const auto age = invocation.options.value("older-than");
  if (!age) throw Error(ErrorCode::usage, "prune needs --older-than", "kubectl akqueue backups prune --older-than 30d");
  const std::int64_t seconds = parse_duration(*age);
  const KeptBackups kept = find_kept_backups(invocation.environment.state);
  tell_of_others(invocation, kept);
  std::vector<KeptBackup> old = kept.files;
  std::erase_if(old, [&](const KeptBackup& file) { return file.age_s <= seconds || file.being_written; });
  Terminal& terminal = invocation.environment.terminal;
  if (old.empty()) {
    terminal.out("no backup is older than " + format_duration(seconds) + "\n");
    return 0;
  }
  const bool dry_run = invocation.options.has("dry-run");
  if (!dry_run && !invocation.options.has("yes")) {
    check_can_ask(terminal, false);
    for (const KeptBackup& file : old) terminal.err(visible(file.name) + "  " + format_size(file.bytes) + "\n");
    ask_yes(terminal, invocation.environment.interrupts,
            {"Delete " + count_of(static_cast<std::int64_t>(old.size()), "backup", "backups") + " for good?",
             "no backup was deleted"});
  }
  for (const KeptBackup& file : old) {
    std::error_code failure;
    if (!dry_run) fs::remove(path_of(file.path), failure);
    if (failure)
      throw Error(ErrorCode::system, "can't delete " + file.path + ": " + failure.message(),
                  "those before it are deleted");
    terminal.out("backup/" + visible(file.name) + " deleted" + (dry_run ? " (dry run)" : "") + "\n");
  }
  return 0;
}

std::vector<Option> backups_options() {
  std::vector<Option> options{{"older-than", 0, "DURATION",
                               "with prune: what to delete, like 30d; with show: only tasks not changed for this long"},
                              {"dry-run", 0, "", "with prune: show what would go, delete nothing"},
                              {"yes", 'y', "", "with prune: do not ask"}};
  for (const Option& option : choosing_options({"older-than", "expired", "keep-newest", "filename"}))
    options.push_back(option);
  return options;
}

int run_backups(const Invocation& invocation) {
  const std::vector<std::string>& words = invocation.options.arguments();
  const std::string action = words.empty() ? "list" : words.front();
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (action == "verify") return verify(invocation, rest);
  if (action == "show") {
    if (rest.size() != 1)
      throw Error(ErrorCode::usage, "backups show takes one file",
                  "kubectl akqueue backups lists those of this machine");
    return show_backup(invocation, backup_named(invocation, rest.front()));
  }
  if (!rest.empty())
    throw Error(ErrorCode::usage, "unexpected argument '" + rest.front() + "'",
                "kubectl akqueue backups --help shows what it takes");
  if (action == "list") return list(invocation);
  if (action == "prune") return prune(invocation);
  throw Error(ErrorCode::usage, "backups can't '" + action + "'",
              "list, show FILE, verify [FILE...] or prune --older-than DURATION");
}

}  // namespace

Command backups_command() {
  return {.name = "backups",
          .group = "Bring back",
          .summary = "List, show, check or prune the backups of this machine",
          .arguments = "[list|show FILE|verify [FILE...]|prune]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "show prints the tasks of a file, without a cluster; with -o jsonl each of their rows as a\n"
              "line [TABLE,ROW] of JSON. Conditions choose among them; ages count from the time at which\n"
              "the backup was made. verify reads whole files and checks every sum in them. prune deletes\n"
              "what is older than a time.",
          .options = backups_options(),
          .examples = {{"backups", "what there is"},
                       {"backups show FILE --state rejected", "what is in one"},
                       {"backups show FILE -o jsonl", "every row of it, as JSON"},
                       {"backups verify", "whether all of them are whole"},
                       {"backups prune --older-than 90d", "what is old enough to go"}},
          .outputs = "table|json|jsonl|name",
          .enters_cluster = false,
          .run = run_backups};
}

}  // namespace akqueue
