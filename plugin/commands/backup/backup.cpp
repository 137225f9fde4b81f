#include "commands/backup/commands.hpp"

#include "akqueue/json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/other_rows_text.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/export.hpp"
#include "queue/change/large_row.hpp"
#include "queue/filter/name_resolution.hpp"
#include "ui/progress.hpp"

namespace akqueue::commands {
namespace {

struct Exported {
  queue::TaskFilter filter;
  BackupPlan plan;
  queue::ExportResult result;
  std::int64_t bytes = 0;
};

/// One snapshot from the count to the last row; however long it takes, it holds no lock.
constexpr session::TransactionSettings kExporting{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 0, .lock_timeout_ms = 5'000};

struct BackupRequest {
  SiteRequest site;
  queue::TaskChoice choice;
  bool dry_run = false;
  KeepRequest keep;
  OutputFormat output = OutputFormat::table;
};

BackupRequest read_backup_request(const Options& options, const cli::Command& command) {
  return {.site = read_site_request(options, command.effect),
          .choice = read_choice(options),
          .dry_run = options.has("dry-run"),
          .keep = read_keep_request(options, command),
          .output = read_output(options)};
}

void write_backup(const cli::Environment& environment, const Site& site, const backup::HistoryEntry& entry,
                  queue::ExportOrders orders, Exported& exported) {
  system::Interrupts& interrupts = environment.interrupts;
  const system::Interrupts::Grace grace(interrupts);
  ui::ProgressLine line(environment.terminal, environment.clock);
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const queue::Progress& progress) {
    line.update(progress.deleted, progress.expected, "writing");
  };
  backup::BackupWriter writer(exported.plan.path, backup_header(site, entry), exported.plan.path.ends_with(".gz"));
  try {
    exported.result = queue::export_tasks(site.database(), orders, writer);
    writer.finish(ending_word(exported.result.ending));
  } catch (...) {
    // Every row is in the table still, and half a backup would be taken for a whole one.
    writer.discard();
    throw;
  }
  exported.bytes = writer.bytes();
}

Exported carry_out(const cli::Environment& environment, const Site& site, const BackupRequest& request) {
  const session::Transaction transaction(*site.session, kExporting);
  Exported exported;
  exported.filter = resolve_on(environment.terminal, site, request.choice);
  explain_filter(environment, request.site, exported.filter);
  queue::ExportOrders orders{.selection = queue::selection_now(site.database(), exported.filter, transaction.now())};
  const queue::SelectionCounts counted = queue::count_selection(site.database(), orders.selection);
  orders.expected = counted.total();
  if (const std::int64_t ahead = counted.ahead_of(transaction.now()); ahead > 0)
    environment.terminal.err(clock_note(ahead));
  const backup::HistoryEntry entry =
      entry_of(request.keep, site, queue::in_words(exported.filter), orders.expected, transaction.now());
  exported.plan = plan_backup(environment.state, site, request.keep, entry);
  if (orders.expected == 0 || request.dry_run) exported.result.tasks = orders.expected;
  else write_backup(environment, site, entry, std::move(orders), exported);
  return exported;
}

Json document_of_backup(const Site& site, const Exported& exported, bool dry_run) {
  Json document = document_of("backup");
  document["site"] = site.to_json();
  document["dry_run"] = dry_run;
  document["filter"] = queue::json_of_filter(exported.filter);
  document["result"] = {{"tasks", exported.result.tasks},
                        {"other_rows", exported.result.other_rows.total()},
                        {"rows", exported.result.other_rows.to_json()},
                        {"ending", ending_word(exported.result.ending)}};
  document["backup"] = exported.bytes == 0 ? Json() : Json{{"path", exported.plan.path}, {"bytes", exported.bytes}};
  return document;
}

ui::Text describe(const Exported& exported, bool dry_run) {
  const std::string tasks = count_of(exported.result.tasks, "task", "tasks");
  if (dry_run) {
    return ui::format_text("would write {}, about {}, to {} (dry run)\n", tasks,
                           ui::format_size(exported.plan.expected_bytes), exported.plan.path);
  }
  return ui::format_text("backup: {} ({}), {}: {}\n", exported.plan.path, ui::format_size(exported.bytes),
                         tasks_and_rows(exported.result.tasks, exported.result.other_rows),
                         ending_word(exported.result.ending));
}

int run_backup(const cli::Invocation& invocation) {
  const BackupRequest request = read_backup_request(invocation.options, invocation.command);
  const cli::Environment& environment = invocation.environment;
  Site site = enter(environment, request.site);
  identify(site);  // the file will tell what it was taken from
  Exported exported;
  try {
    exported = carry_out(environment, site, request);
  } catch (const Error& error) { throw queue::with_large_row(site.database(), error); }
  if (is_json(request.output)) {
    environment.terminal.out(as_json(request.output, document_of_backup(site, exported, request.dry_run)));
  } else if (exported.result.tasks == 0) {
    environment.terminal.err(ui::format_text("no {}: nothing to write\n", queue::in_words(exported.filter)));
  } else {
    environment.terminal.out(describe(exported, request.dry_run));
  }
  return exported.result.ending == Ending::interrupted ? cli::kInterruptedStatus : 0;
}

}  // namespace

cli::Command backup_command() {
  return {.name = "backup",
          .group = "Bring back",
          .summary = "Write tasks to a backup, delete nothing",
          .arguments = "[ID...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "The tasks that all given conditions select (none: all), with their logs and rows of other\n"
              "tables, from one snapshot of the database, in the file that restore takes.",
          .options = with_choosing({{"backup-file", 0, "FILE", "write it there, compressed if its name ends in .gz"},
                                    {"dry-run", 0, "", "show what would be written"}}),
          .examples = {{"backup", "everything"},
                       {"backup --state rejected --backup-file rejected.tasks.gz", "what failed, for later"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_backup};
}

}  // namespace akqueue::commands
