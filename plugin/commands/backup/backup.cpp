#include "commands/backup/commands.hpp"

#include "akqueue/json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/export.hpp"
#include "queue/change/large_row.hpp"
#include "queue/filter/name_resolution.hpp"
#include "ui/progress.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

struct Exported {
  TaskFilter filter;
  BackupPlan plan;
  ExportResult result;
  std::int64_t bytes = 0;
};

/// One snapshot from the count to the last row; however long it takes, it holds no lock.
constexpr TransactionSettings kExporting{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 0, .lock_timeout_ms = 5'000};

Exported carry_out(const Invocation& invocation, const Site& site, const TaskChoice& choice) {
  const Database database = site.database();
  const Transaction transaction(*site.session, kExporting);
  Exported exported;
  check_states_and_queues(database, choice.states, choice.queues);
  exported.filter = resolve(database, choice);
  explain_filter(invocation, exported.filter);
  ExportOrders orders{.selection = selection_now(database, exported.filter, transaction.now())};
  const SelectionCounts counted = survey(database, orders.selection);
  orders.expected = counted.total();
  if (const std::int64_t ahead = counted.ahead_of(transaction.now()); ahead > 0)
    invocation.environment.terminal.err(clock_note(ahead));
  const HistoryEntry entry =
      entry_of(invocation.command, site, in_words(exported.filter), orders.expected, transaction.now());
  exported.plan = plan_backup(invocation.environment.state, site, read_keep_request(invocation.options), entry);
  if (orders.expected == 0 || invocation.options.has("dry-run")) {
    exported.result.tasks = orders.expected;
    return exported;
  }
  Interrupts& interrupts = invocation.environment.interrupts;
  const Interrupts::Grace grace(interrupts);
  ProgressLine line(invocation.environment.terminal, invocation.environment.clock);
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const Progress& progress) { line.update(progress.deleted, progress.expected, "writing"); };
  BackupWriter writer(exported.plan.path, backup_header(site, entry), exported.plan.path.ends_with(".gz"));
  try {
    exported.result = export_tasks(database, orders, writer);
    writer.finish(ending_word(exported.result.ending));
  } catch (...) {
    // Every row is in the table still, and half a backup would be taken for a whole one.
    writer.discard();
    throw;
  }
  exported.bytes = writer.bytes();
  return exported;
}

int run_backup(const Invocation& invocation) {
  const TaskChoice choice = read_choice(invocation.options);
  Site site = enter(invocation);
  identify(site);  // the file will tell what it was taken from
  Exported exported;
  try {
    exported = carry_out(invocation, site, choice);
  } catch (const Error& error) { throw with_large_row(site.database(), error); }
  const bool dry_run = invocation.options.has("dry-run");
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.machine_output()) {
    Json document = document_of("backup");
    document["site"] = site.to_json();
    document["dry_run"] = dry_run;
    document["filter"] = json_of_filter(exported.filter);
    document["result"] = {{"tasks", exported.result.tasks},
                          {"other_rows", exported.result.other_rows},
                          {"ending", ending_word(exported.result.ending)}};
    document["backup"] = exported.bytes == 0 ? Json() : Json{{"path", exported.plan.path}, {"bytes", exported.bytes}};
    terminal.out(as_json(invocation, document));
  } else if (exported.result.tasks == 0) {
    terminal.err("no " + visible(in_words(exported.filter)) + ": nothing to write\n");
  } else if (dry_run) {
    terminal.out("would write " + count_of(exported.result.tasks, "task", "tasks") + ", about " +
                 format_size(exported.plan.expected_bytes) + ", to " + visible(exported.plan.path) + " (dry run)\n");
  } else {
    terminal.out("backup: " + visible(exported.plan.path) + " (" + format_size(exported.bytes) + "), " +
                 count_of(exported.result.tasks, "task", "tasks") + ", " +
                 count_of(exported.result.other_rows, "other row", "other rows") + ": " +
                 ending_word(exported.result.ending) + "\n");
  }
  return exported.result.ending == Ending::interrupted ? kInterruptedStatus : 0;
}

}  // namespace

Command backup_command() {
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
          .outputs = "table|json|jsonl",
          .run = run_backup};
}

}  // namespace akqueue
