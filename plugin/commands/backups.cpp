#include "commands/backups.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "commands/site.hpp"
#include "queue/backup_reader.hpp"
#include "queue/history.hpp"
#include "system/paths.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

struct BackupFile {
  std::string path;
  std::int64_t bytes = 0;
  std::int64_t age_s = 0;
};

std::vector<BackupFile> files_in(const fs::path& folder) {
  std::vector<BackupFile> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.symlink_status(failure).type() != fs::file_type::regular) continue;
    const auto bytes = entry.file_size(failure);
    if (failure) continue;
    const auto changed = entry.last_write_time(failure);
    if (failure) continue;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - changed);
    files.push_back({text_of(entry.path()), static_cast<std::int64_t>(bytes), age.count()});
  }
  // Their names begin with the time.
  std::ranges::sort(files, std::greater<>(), &BackupFile::path);
  return files;
}

std::string name_of(const BackupFile& file) { return text_of(path_of(file.path).filename()); }

const HistoryEntry* entry_of(const std::vector<HistoryEntry>& entries, const std::string& path) {
  const auto found = std::ranges::find_if(entries, [&](const HistoryEntry& entry) { return entry.backup == path && entry.of.empty() && entry.command != "restore"; });
  return found == entries.end() ? nullptr : &*found;
}

int list(const Invocation& invocation) {
  Terminal& terminal = invocation.world.terminal;
  const auto files = files_in(invocation.world.state.backups());
  const auto entries = read_history(invocation.world.state);
  Json document = document_of("backups");
  document["backups"] = Json::array();
  Listing listing({{"NAME"}, {"TASKS", true}, {"SIZE", true}, {"WHAT", false, true}, {"AGE", true}});
  for (const BackupFile& file : files) {
    const HistoryEntry* entry = entry_of(entries, file.path);
    const bool counted = entry != nullptr && entry->end;
    document["backups"].push_back({{"path", file.path}, {"bytes", file.bytes}, {"age_s", file.age_s}, {"tasks", counted ? Json(entry->end->tasks) : Json()},
                                   {"what", entry == nullptr ? Json() : Json(entry->what)}});
    listing.add({name_of(file), counted ? with_separators(entry->end->tasks) : "", format_size(file.bytes), entry == nullptr ? "" : entry->what, format_age(file.age_s)});
  }
  const std::string output = invocation.options.text("output", "table");
  if (invocation.machine_output()) {
    terminal.out(as_json(invocation, document));
  } else if (output == "name") {
    for (const BackupFile& file : files) terminal.out(visible(file.path) + "\n");
  } else if (files.empty()) {
    terminal.err("no backups in " + text_of(invocation.world.state.backups()) + "\n");
  } else {
    terminal.out(listing.draw(terminal));
  }
  return 0;
}

/// A name among the backups of this machine, or any path.
std::string backup_named(const Invocation& invocation, const std::string& written) {
  const fs::path path = path_of(written);
  const fs::path among = invocation.world.state.backups() / path;
  return text_of(path == path.filename() && fs::exists(among) ? among : fs::absolute(path));
}

int verify(const Invocation& invocation, const std::vector<std::string>& written) {
  std::vector<std::string> paths;
  for (const std::string& one : written) paths.push_back(backup_named(invocation, one));
  if (paths.empty()) {
    for (const BackupFile& file : files_in(invocation.world.state.backups())) paths.push_back(file.path);
  }
  Terminal& terminal = invocation.world.terminal;
  int status = 0;
  for (const std::string& path : paths) {
    try {
      StateDirectory::check_readable(path_of(path));
      const BackupContents contents = read_backup(path);
      std::string words = count_of(total(contents.tasks), "task", "tasks") + ", " + count_of(contents.other_rows, "other row", "other rows");
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
  std::vector<BackupFile> old = files_in(invocation.world.state.backups());
  std::erase_if(old, [&](const BackupFile& file) { return file.age_s <= seconds; });
  Terminal& terminal = invocation.world.terminal;
  if (old.empty()) {
    terminal.out("no backup is older than " + format_duration(seconds) + "\n");
    return 0;
  }
  const bool dry_run = invocation.options.has("dry-run");
  if (!dry_run && !invocation.options.has("yes")) {
    check_can_ask(terminal, false);
    for (const BackupFile& file : old) terminal.err(visible(name_of(file)) + "  " + format_size(file.bytes) + "\n");
    ask_yes(terminal, invocation.world.interrupts, "Delete " + count_of(static_cast<std::int64_t>(old.size()), "backup", "backups") + " for good?");
  }
  for (const BackupFile& file : old) {
    std::error_code failure;
    if (!dry_run && !fs::remove(path_of(file.path), failure)) throw Error(ErrorCode::system, "can't delete " + file.path + ": " + failure.message());
    terminal.out("backup/" + visible(name_of(file)) + " deleted" + (dry_run ? " (dry run)" : "") + "\n");
  }
  return 0;
}

}  // namespace

int run_backups(const Invocation& invocation) {
  const std::vector<std::string>& words = invocation.options.arguments();
  const std::string action = words.empty() ? "list" : words.front();
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (action == "verify") return verify(invocation, rest);
  if (!rest.empty()) throw Error(ErrorCode::usage, "unexpected argument '" + rest.front() + "'", "kubectl akqueue backups --help shows what it takes");
  if (action == "list") return list(invocation);
  if (action == "prune") return prune(invocation);
  throw Error(ErrorCode::usage, "backups can't '" + action + "'", "list, verify [FILE...] or prune --older-than DURATION");
}

}  // namespace akqueue
