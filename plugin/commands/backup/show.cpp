#include "commands/backup/show.hpp"

#include "commands/shared/filter_options.hpp"
#include "queue/filter/backup_tasks.hpp"
#include "ui/streaming.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::int64_t kRowsShown = 50;

Json json_of(const BackupTask& task) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"id", task.id},
          {"actor", task.actor},
          {"queue", task.queue},
          {"state", task.state},
          {"uid", or_null(task.uid)},
          {"object_id", or_null(task.object_id)},
          {"changed", to_json(task.changed)},
          {"tenant", or_null(task.tenant)}};
}

Json head_of(const BackupFile& file) {
  const BackupHeader& header = file.contents().header;
  Json document = document_of("backup_tasks");
  document["backup"] = {
      {"path", file.path()},       {"version", header.version},      {"created", header.created},
      {"context", header.context}, {"namespace", header.name_space}, {"database", header.database},
      {"command", header.command}, {"filter", header.filter},        {"complete", file.contents().complete}};
  return document;
}

std::int64_t show_table(Terminal& terminal, const BackupFile& file, BackupTasks& tasks) {
  const Timestamp created = parse_timestamp(file.contents().header.created).value_or(0);
  StreamedListing listing(terminal, {{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"AGE", true}});
  const std::int64_t count = tasks.each([&](const BackupTask& task) {
    listing.add({task.id, task.actor, task.state, task.changed ? format_age((created - *task.changed) / kSecond) : ""});
  });
  listing.finish();
  return count;
}

}  // namespace

int show_backup(const Invocation& invocation, const std::string& path) {
  Terminal& terminal = invocation.environment.terminal;
  const std::string output = invocation.options.text("output", "table");
  TaskChoice choice = read_choice(invocation.options, {.ids = false});
  const bool table = output == "table";
  const bool cut = table && !choice.limit;
  if (cut) choice.limit = kRowsShown;
  BackupFile file(path);
  const std::int64_t all = total(file.check().tasks);
  BackupTasks tasks(file, choice);
  std::int64_t count = 0;
  if (output == "json") {
    StreamedDocument document(terminal, head_of(file), "tasks");
    count = tasks.each([&](const BackupTask& task) { document.add(json_of(task)); });
    document.finish({{"count", count}});
  } else if (table) {
    count = show_table(terminal, file, tasks);
  } else {
    BufferedOutput lines(terminal);
    if (output == "name")
      count = tasks.each([&](const BackupTask& task) { lines.print("task/" + visible(task.id) + "\n"); });
    else tasks.each_row([&](std::string_view line) { lines.print(std::string(line) + "\n"), ++count; });
    lines.flush();
  }
  if (count == 0) terminal.err("no such task is in " + visible(path) + "\n");
  if (cut && count == kRowsShown && all > count)
    terminal.err("the first " + std::to_string(count) + " of at most " + with_separators(all) +
                 "; --limit N shows more\n");
  return 0;
}

}  // namespace akqueue
