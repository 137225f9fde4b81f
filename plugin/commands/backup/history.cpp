#include "commands/backup/commands.hpp"

#include <algorithm>

#include "backup/history.hpp"
#include "commands/shared/output.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr long long kEntriesShown = 20;

/// A killed command left its first line only; so does one that runs now.
std::string ending_of(const backup::HistoryEntry& entry) { return entry.end ? entry.end->ending : "running or killed"; }

ui::Text table(const ui::Terminal& terminal, const std::vector<backup::HistoryEntry>& entries, bool wide) {
  std::vector<ui::ListingColumn> columns{{"WHEN"},   {"COMMAND"},   {"TASKS", true},
                                         {"ENDING"}, {"NAMESPACE"}, {"WHAT", false, true}};
  if (wide)
    columns.insert(columns.end(),
                   {{"LOG-ROWS", true}, {"DEPENDENCIES", true}, {"CONTEXT"}, {"DATABASE"}, {"REASON"}, {"BACKUP"}});
  ui::Listing listing(columns);
  for (const backup::HistoryEntry& entry : entries) {
    const std::string when = entry.at.substr(0, 19) + "Z";
    std::vector<ui::Text> cells{when,
                                entry.command,
                                entry.end ? with_separators(entry.end->tasks) : "",
                                ending_of(entry),
                                entry.name_space,
                                entry.what};
    const std::optional<backup::OtherRows> rows = entry.end ? entry.end->rows : std::nullopt;
    if (wide)
      cells.insert(cells.end(),
                   {rows ? with_separators(rows->logs) : "", rows ? with_separators(rows->dependencies) : ""});
    if (wide) cells.insert(cells.end(), {entry.context, entry.database, entry.reason, entry.backup});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

int run_history(const cli::Invocation& invocation) {
  const auto limit = static_cast<std::size_t>(invocation.options.number("limit").value_or(kEntriesShown));
  std::vector<backup::HistoryEntry> entries = backup::read_history(invocation.environment.state);
  std::ranges::reverse(entries);
  const bool more = limit > 0 && entries.size() > limit;
  if (more) entries.resize(limit);
  ui::Terminal& terminal = invocation.environment.terminal;
  const OutputFormat output = read_output(invocation.options);
  if (output == OutputFormat::json) {
    Json document = document_of("history");
    document["entries"] = Json::array();
    for (const backup::HistoryEntry& entry : entries) document["entries"].push_back(entry.to_json());
    terminal.out(as_json(output, document));
  } else if (output == OutputFormat::jsonl) {
    for (const backup::HistoryEntry& entry : entries) terminal.out(as_json(output, entry.to_json()));
  } else if (entries.empty()) {
    terminal.err("nothing has been changed from this machine yet\n");
  } else {
    terminal.out(table(terminal, entries, output == OutputFormat::wide));
    if (more) terminal.err("--limit 0 shows all\n");
  }
  return 0;
}

}  // namespace

cli::Command history_command() {
  return {.name = "history",
          .group = "Bring back",
          .summary = "Show what was changed from this machine",
          .arguments = "",
          .description =
              "When, by which command, where, how many tasks, how it ended, and with -o wide how many log\n"
              "rows and dependencies went or came back with them, why, and which backup. A command that\n"
              "was killed is in it as well.",
          .options = {{"limit", 0, "N", "show this many, the last first (default 20; 0: all)"}},
          .examples = {{"history", "the last twenty"}, {"history -o wide", "with reasons and backups"}},
          .outputs = "table|wide|json|jsonl",
          .enters_cluster = false,
          .run = run_history};
}

}  // namespace akqueue::commands
