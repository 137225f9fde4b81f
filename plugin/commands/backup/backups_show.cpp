#include "backup/reader.hpp"
#include "commands/backup/backups.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/output.hpp"
#include "queue/change/schedule_change.hpp"
#include "queue/filter/backup_tasks.hpp"
#include "ui/streaming.hpp"

namespace akqueue::commands {
namespace {

constexpr std::int64_t kRowsShown = 50;

Json json_of(const queue::BackupTask& task) {
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

Json head_of(const backup::BackupFile& file) {
  const backup::BackupHeader& header = file.contents().header;
  Json document = document_of("backup_tasks");
  document["backup"] = {
      {"path", file.path()},       {"version", header.version},      {"created", header.created},
      {"context", header.context}, {"namespace", header.name_space}, {"database", header.database},
      {"command", header.command}, {"filter", header.filter},        {"complete", file.contents().complete}};
  document["backup"]["include_running"] = header.include_running;
  document["backup"]["rows"] = file.contents().other_rows.to_json();
  return document;
}

std::int64_t show_table(ui::Terminal& terminal, const backup::BackupFile& file, queue::BackupTasks& tasks) {
  const Timestamp created = parse_timestamp(file.contents().header.created).value_or(0);
  ui::StreamedListing listing(terminal, {{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"AGE", true}});
  const std::int64_t count = tasks.each([&](const queue::BackupTask& task) {
    listing.add({task.id, task.actor, task.state, task.changed ? format_age((created - *task.changed) / kSecond) : ""});
  });
  listing.finish();
  return count;
}

struct BackupShowRequest {
  std::string path;
  queue::TaskChoice choice;
  OutputFormat output = OutputFormat::table;
};

BackupShowRequest read_backup_show_request(const Options& options, const backup::StateDirectory& state) {
  if (options.arguments().empty())
    throw Error(ErrorCode::usage, "backups show takes one file", "kubectl akqueue backups lists those of this machine");
  return {.path = backup_named(state, options.arguments().front()),
          .choice = read_choice(options, {.ids = false}),
          .output = read_output(options)};
}

std::int64_t print_backup_tasks(ui::Terminal& terminal, const backup::BackupFile& file, queue::BackupTasks& tasks,
                                const OutputFormat& output) {
  std::int64_t count = 0;
  if (is_json(output) && output != OutputFormat::jsonl) {
    RowsDocument document(terminal, output, head_of(file), "tasks");
    count = tasks.each([&](const queue::BackupTask& task) { document.add(json_of(task)); });
    document.finish({{"count", count}});
    return count;
  }
  if (output == OutputFormat::table || output == OutputFormat::csv) return show_table(terminal, file, tasks);
  ui::BufferedOutput lines(terminal);
  if (output == OutputFormat::name)
    count = tasks.each([&](const queue::BackupTask& task) { lines.print(ui::format_text("task/{}\n", task.id)); });
  else tasks.each_row([&](std::string_view line) { lines.print(ui::Text::json(line) + "\n"), ++count; });
  lines.flush();
  return count;
}

int run_backups_show(const cli::Invocation& invocation) {
  BackupShowRequest request = read_backup_show_request(invocation.options, invocation.environment.state);
  ui::Terminal& terminal = invocation.environment.terminal;
  const bool cut = request.output == OutputFormat::table && !request.choice.limit;
  if (cut) request.choice.limit = kRowsShown;
  backup::BackupFile file(request.path);
  const std::int64_t all = backup::total(file.check().tasks);
  if (queue::is_of_schedules(file.contents().header.change) && request.output != OutputFormat::jsonl)
    throw Error(ErrorCode::usage, request.path + " is the record of a change of schedules: it holds no task",
                "kubectl akqueue undo takes it back; -o jsonl prints its rows");
  queue::BackupTasks tasks(file, request.choice);
  const std::int64_t count = print_backup_tasks(terminal, file, tasks, request.output);
  if (count == 0) terminal.err(ui::format_text("{} holds no such task\n", request.path));
  if (cut && count == kRowsShown && all > count)
    terminal.err(ui::format_text("the first {} of at most {}; --limit N shows more\n", count, with_separators(all)));
  return 0;
}

}  // namespace

cli::Command backups_show_verb() {
  return {.name = "show",
          .summary = "Print the tasks of a file",
          .arguments = "FILE",
          .most_arguments = 1,
          .description =
              "Without a cluster; with -o jsonl each of their rows as a line [TABLE,ROW] of JSON.\n"
              "Conditions choose among them; ages count from the time at which the backup was made.",
          .options = queue::choosing_options({"held", "orphaned", "holder", "expired", "keep-newest", "filename"}),
          .examples = {{"backups show FILE --state rejected", "what is in one"},
                       {"backups show FILE -o jsonl", "every row of it, as JSON"}},
          .outputs = "table|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .enters_cluster = false,
          .run = run_backups_show};
}

}  // namespace akqueue::commands
