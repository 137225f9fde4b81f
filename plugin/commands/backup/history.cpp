#include "commands/backup/commands.hpp"

#include <algorithm>

#include "backup/history.hpp"
#include "commands/shared/site.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr long long kEntriesShown = 20;

/// A killed command left its first line only; so does one that runs now.
std::string ending_of(const HistoryEntry& entry) { return entry.end ? entry.end->ending : "running or killed"; }

std::string table(const Invocation& invocation, const std::vector<HistoryEntry>& entries) {
  const bool wide = invocation.options.text("output") == "wide";
  std::vector<ListingColumn> columns{{"WHEN"},   {"COMMAND"},   {"TASKS", true},
                                     {"ENDING"}, {"NAMESPACE"}, {"WHAT", false, true}};
  if (wide) columns.insert(columns.end(), {{"CONTEXT"}, {"DATABASE"}, {"REASON"}, {"BACKUP"}});
  Listing listing(columns);
  for (const HistoryEntry& entry : entries) {
    std::string when = entry.at.substr(0, 19) + "Z";
    std::vector<std::string> cells{when,
                                   entry.command,
                                   entry.end ? with_separators(entry.end->tasks) : "",
                                   ending_of(entry),
                                   entry.name_space,
                                   entry.what};
    if (wide) cells.insert(cells.end(), {entry.context, entry.database, entry.reason, entry.backup});
    listing.add(std::move(cells));
  }
  return listing.draw(invocation.environment.terminal);
}

int run_history(const Invocation& invocation) {
  const auto limit = static_cast<std::size_t>(invocation.options.number("limit").value_or(kEntriesShown));
  std::vector<HistoryEntry> entries = read_history(invocation.environment.state);
  std::ranges::reverse(entries);
  const bool more = limit > 0 && entries.size() > limit;
  if (more) entries.resize(limit);
  Terminal& terminal = invocation.environment.terminal;
  const std::string output = invocation.options.text("output", "table");
  if (output == "json") {
    Json document = document_of("history");
    document["entries"] = Json::array();
    for (const HistoryEntry& entry : entries) document["entries"].push_back(entry.to_json());
    terminal.out(as_json(invocation, document));
  } else if (output == "jsonl") {
    for (const HistoryEntry& entry : entries) terminal.out(as_json(invocation, entry.to_json()));
  } else if (entries.empty()) {
    terminal.err("nothing was changed from this machine yet\n");
  } else {
    terminal.out(table(invocation, entries));
    if (more) terminal.err("--limit 0 shows all\n");
  }
  return 0;
}

}  // namespace

Command history_command() {
  return {.name = "history",
          .group = "Bring back",
          .summary = "Show what was changed from this machine",
          .arguments = "",
          .description =
              "When, by which command, where, how many tasks, how it ended, and with -o wide why and which\n"
              "backup. A command that was killed is in it as well.",
          .options = {{"limit", 0, "N", "show this many, the last first (default 20; 0: all)"}},
          .examples = {{"history", "the last twenty"}, {"history -o wide", "with reasons and backups"}},
          .outputs = "table|wide|json|jsonl",
          .enters_cluster = false,
          .run = run_history};
}

}  // namespace akqueue
