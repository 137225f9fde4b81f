#include "commands/backup/backups.hpp"

#include <algorithm>
#include <filesystem>

#include "backup/history.hpp"
#include "commands/backup/commands.hpp"
#include "commands/shared/output.hpp"
#include "system/paths.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

namespace fs = std::filesystem;

/// The day alone would be no id.
constexpr std::size_t kLeastOfAnId = 12;

ui::Text some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::vector<ui::Text> some;
  for (std::size_t i = 0; i < std::min(kNamed, names.size()); ++i) some.emplace_back(names[i]);
  return names.size() > kNamed ? ui::format_text("{} and {} more", ui::joined(some), names.size() - kNamed)
                               : ui::joined(some);
}

/// A list of files is worth something without what the history tells of them.
std::vector<backup::HistoryEntry> history_or_none(const cli::Environment& environment) {
  try {
    return backup::read_history(environment.state);
  } catch (const Error& error) {
    ui::print_error(environment.terminal, error);
    return {};
  }
}

const backup::HistoryEntry* entry_of(const std::vector<backup::HistoryEntry>& entries, const std::string& path) {
  const auto found = std::ranges::find_if(entries, [&](const backup::HistoryEntry& entry) {
    return entry.backup == path && entry.effect != Effect::restores;
  });
  return found == entries.end() ? nullptr : &*found;
}

Json document_of_backups(const backup::KeptBackups& kept, const std::vector<backup::HistoryEntry>& entries) {
  Json document = document_of("backups");
  document["backups"] = Json::array();
  for (const backup::KeptBackup& file : kept.files) {
    const backup::HistoryEntry* entry = entry_of(entries, file.path);
    const bool counted = entry != nullptr && entry->end;
    document["backups"].push_back({{"path", file.path},
                                   {"bytes", file.bytes},
                                   {"age_s", file.age_s},
                                   {"tasks", counted ? Json(entry->end->tasks) : Json()},
                                   {"expected", file.expected ? Json(*file.expected) : Json()},
                                   {"rows", counted && entry->end->rows ? entry->end->rows->to_json() : Json()},
                                   {"what", file.what.empty() ? Json() : Json(file.what)}});
  }
  document["others"] = kept.others;
  document["unread"] = kept.unread;
  return document;
}

ui::Text table_of_backups(const ui::Terminal& terminal, const backup::KeptBackups& kept,
                          const std::vector<backup::HistoryEntry>& entries, bool wide) {
  std::vector<ui::ListingColumn> columns{
      {"NAME"}, {"TASKS", true}, {"SIZE", true}, {"WHAT", false, true, !wide}, {"AGE", true}};
  if (wide) columns.insert(columns.begin() + 2, {{"LOG-ROWS", true}, {"DEPENDENCIES", true}});
  ui::Listing listing(columns);
  for (const backup::KeptBackup& file : kept.files) {
    const backup::HistoryEntry* entry = entry_of(entries, file.path);
    const bool counted = entry != nullptr && entry->end;
    std::vector<ui::Text> cells{file.name, counted         ? with_separators(entry->end->tasks)
                                           : file.expected ? "~" + with_separators(*file.expected)
                                                           : ""};
    const std::optional<backup::OtherRows> rows = counted ? entry->end->rows : std::nullopt;
    if (wide)
      cells.insert(cells.end(),
                   {rows ? with_separators(rows->logs) : "", rows ? with_separators(rows->dependencies) : ""});
    cells.insert(cells.end(), {ui::format_size(file.bytes), file.what, format_age(file.age_s)});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

int run_backups_list(const cli::Invocation& invocation) {
  const cli::Environment& environment = invocation.environment;
  ui::Terminal& terminal = environment.terminal;
  const OutputFormat output = read_output(invocation.options);
  const backup::KeptBackups kept = backup::find_kept_backups(environment.state);
  const auto entries = history_or_none(environment);
  if (is_json(output)) {
    terminal.out(as_json(output, document_of_backups(kept, entries)));
    return 0;
  }
  if (output == OutputFormat::name) {
    for (const backup::KeptBackup& file : kept.files) terminal.out(ui::format_text("{}\n", file.path));
    return 0;
  }
  if (kept.files.empty() && kept.unread.empty() && output != OutputFormat::csv) {
    terminal.err(ui::format_text("no backups in {}\n", system::text_of(environment.state.backups())));
  } else {
    terminal.out(table_of_backups(terminal, kept, entries, is_wide(output)));
  }
  tell_of_others(environment, kept);
  return 0;
}

cli::Command backups_list_verb() {
  return {.name = "list",
          .summary = "List them, the newest first",
          .description =
              "What lies in the state directory of this machine, with how many tasks each holds, its size\n"
              "and age, and what was deleted, as far as the history tells. With -o wide: how many log rows\n"
              "and dependencies between tasks went with them. With -o name: the paths.",
          .examples = {{"backups", "what there is"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .enters_cluster = false,
          .run = run_backups_list};
}

}  // namespace

std::string backup_named(const backup::StateDirectory& state, const std::string& written) {
  const fs::path path = system::path_of(written);
  const fs::path among = state.backups() / path;
  std::error_code failure;
  const bool a_name = path == path.filename();
  if (a_name && fs::exists(among, failure)) return system::text_of(among);
  if (!a_name || written.size() < kLeastOfAnId || fs::exists(path, failure)) return system::text_of(fs::absolute(path));
  std::vector<std::string> found;
  for (const backup::KeptBackup& one : backup::find_kept_backups(state).files) {
    if (one.name.starts_with(written)) found.push_back(one.path);
  }
  if (found.size() > 1)
    throw Error(ErrorCode::usage, "'" + written + "' is the beginning of several backups' names",
                "kubectl akqueue backups lists them");
  return found.empty() ? system::text_of(fs::absolute(path)) : found.front();
}

void tell_of_others(const cli::Environment& environment, const backup::KeptBackups& kept) {
  const std::string folder = system::text_of(environment.state.backups());
  if (!kept.unread.empty())
    environment.terminal.err(
        ui::format_text("can't be read, and left alone in {}: {}\n", folder, some_of(kept.unread)));
  if (!kept.others.empty())
    environment.terminal.err(ui::format_text("not backups, and left alone in {}: {}\n", folder, some_of(kept.others)));
}

cli::Command backups_command() {
  return {.name = "backups",
          .group = "Bring back",
          .summary = "List, show, check or prune the backups of this machine",
          .description =
              "Every deletion writes one, unless it is told not to. A file is named by its path, or by its\n"
              "name where it lies in the state directory. No cluster is asked.",
          .verbs = {backups_list_verb(), backups_show_verb(), backups_verify_verb(), backups_prune_verb()}};
}

}  // namespace akqueue::commands
