#include "commands/backup/commands.hpp"

#include <algorithm>
#include <chrono>

#include "backup/history.hpp"
#include "commands/shared/output.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr long long kEntriesShown = 20;

/// A killed command left its first line only; so does one that runs now.
std::string ending_of(const backup::HistoryEntry& entry) { return entry.end ? entry.end->ending : "running or killed"; }

ui::Text table(const ui::Terminal& terminal, const std::vector<backup::HistoryEntry>& entries, bool wide) {
  std::vector<ui::ListingColumn> columns{{"ID"},     {"COMMAND"},   {"TASKS", true},
                                         {"ENDING"}, {"NAMESPACE"}, {"WHAT", false, true}};
  if (wide)
    columns.insert(columns.end(), {{"LOG-ROWS", true},
                                   {"DEPENDENCIES", true},
                                   {"BY"},
                                   {"USER"},
                                   {"CONTEXT"},
                                   {"DATABASE"},
                                   {"POD"},
                                   {"REASON"},
                                   {"BACKUP"},
                                   {"LINE"}});
  ui::Listing listing(columns);
  for (const backup::HistoryEntry& entry : entries) {
    std::vector<ui::Text> cells{entry.id,         entry.command,    entry.end ? with_separators(entry.end->tasks) : "",
                                ending_of(entry), entry.name_space, entry.what};
    const std::optional<backup::OtherRows> rows = entry.end ? entry.end->rows : std::nullopt;
    if (wide)
      cells.insert(cells.end(),
                   {rows ? with_separators(rows->logs) : "", rows ? with_separators(rows->dependencies) : "", entry.by,
                    entry.user, entry.context, entry.database, entry.pod, entry.reason, entry.backup, entry.line});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

/// What was asked for.
struct HistoryRequest {
  std::size_t limit = kEntriesShown;    ///< 0: all
  std::optional<std::int64_t> since_s;  ///< no older ones
  std::string name_space;               ///< only of this one; empty: all
  std::string context;
  OutputFormat output = OutputFormat::table;
};

HistoryRequest read_history_request(const Options& options) {
  HistoryRequest request{.limit = static_cast<std::size_t>(options.number("limit").value_or(kEntriesShown)),
                         .since_s = {},
                         .name_space = options.text("namespace"),
                         .context = options.text("context"),
                         .output = read_output(options)};
  if (const auto since = options.value("since")) request.since_s = parse_duration(*since);
  return request;
}

/// The newest first.
std::vector<backup::HistoryEntry> chosen(const HistoryRequest& request, std::vector<backup::HistoryEntry> entries) {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  std::erase_if(entries, [&](const backup::HistoryEntry& entry) {
    const bool another = (!request.name_space.empty() && entry.name_space != request.name_space) ||
                         (!request.context.empty() && entry.context != request.context);
    const Timestamp first = (now.time_since_epoch().count() - request.since_s.value_or(0)) * kSecond;
    return another || (request.since_s && parse_timestamp(entry.at).value_or(0) < first);
  });
  std::ranges::reverse(entries);
  return entries;
}

int run_history(const cli::Invocation& invocation) {
  const HistoryRequest request = read_history_request(invocation.options);
  ui::Terminal& terminal = invocation.environment.terminal;
  const std::vector<backup::HistoryEntry> all = backup::read_history(invocation.environment.state);
  std::vector<backup::HistoryEntry> entries = chosen(request, all);
  const bool more = request.limit > 0 && entries.size() > request.limit;
  if (more) entries.resize(request.limit);
  if (request.output == OutputFormat::jsonl) {
    for (const backup::HistoryEntry& entry : entries) terminal.out(as_json(request.output, entry.to_json()));
  } else if (is_json(request.output)) {
    Json document = document_of("history");
    document["entries"] = Json::array();
    for (const backup::HistoryEntry& entry : entries) document["entries"].push_back(entry.to_json());
    document["truncated"] = more;
    terminal.out(as_json(request.output, document));
  } else if (entries.empty() && request.output != OutputFormat::csv) {
    terminal.err(all.empty() ? ui::Text("nothing has been changed from this machine yet\n")
                             : ui::Text("nothing of that kind has been changed from this machine\n"));
  } else {
    terminal.out(table(terminal, entries, is_wide(request.output)));
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
              "What was done with tasks and schedules, the last first. An ID begins with the time (UTC) and\n"
              "names the deletion or change for undo and the backup for restore. Then the command, how many\n"
              "tasks or schedules, whether it came to its end, where, and which. With -o wide also the log\n"
              "rows and dependencies that went or came back with them, who did it (on this machine, and by\n"
              "the kubeconfig's user), through which pod, why, which backup, and the command line. A\n"
              "command that was killed is in it as well.",
          .options = {{"limit", 0, "N", "show this many, the last first (default 20; 0: all)"},
                      {"since", 0, "DURATION", "only what was done in this time, such as 2d"},
                      {"namespace", 'n', "NAME", "only what was done in this namespace"},
                      {"context", 0, "NAME", "only what was done in this context"}},
          .examples = {{"history", "the last twenty"},
                       {"history --since 1d -o wide", "who did what since yesterday, with reasons and backups"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|jsonpath=|custom-columns=",
          .enters_cluster = false,
          .run = run_history};
}

}  // namespace akqueue::commands
