#include "commands/delete/deletion_flow.hpp"

#include <set>

#include "commands/delete/deletion_json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/delete/refill.hpp"
#include "commands/shared/filter_options.hpp"
#include "queue/filter/name_resolution.hpp"
#include "ui/errors.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kSamples = 5;

std::vector<Preview::Sample> read_samples(const Database& database, const Selection& selection) {
  std::vector<Preview::Sample> samples;
  for (const Selection& piece : selection.pieces()) {
    if (samples.size() == kSamples) break;
    Statement statement;
    const std::string where = piece.where(statement, database, "t");
    statement.sql = "SELECT t.message_id, t.actor_name, t.state, t.mtime FROM " + database.task().quoted() +
                    " AS t WHERE " + where + " LIMIT " + std::to_string(kSamples - samples.size());
    database.session.query(statement, [&](const Value& row) {
      samples.push_back({text(row.at(0)), text(row.at(1)), text(row.at(2)), timestamp(row.at(3))});
    });
  }
  return samples;
}

std::vector<Schedule> schedules_of(const Database& database, const SelectionCounts& survey) {
  std::set<std::string> actors;
  for (const Group& group : survey.groups) actors.insert(group.actor);
  std::vector<Schedule> schedules;
  for (Schedule& schedule : read_schedules(database)) {
    if (!schedule.paused && actors.contains(schedule.actor)) schedules.push_back(std::move(schedule));
  }
  return schedules;
}

Preview look(const Invocation& invocation, const Site& site, const DeletionRequest& deleting) {
  const Database database = site.database();
  const Transaction transaction(*site.session, kLooking);
  Preview preview;
  check_states_and_queues(database, deleting.choice.states,
                          deleting.queue.empty() ? deleting.choice.queues : std::vector<std::string>{deleting.queue});
  const TaskFilter filter = resolve(database, deleting.choice);
  explain_filter(invocation, filter);
  preview.selection = pin(database, filter, transaction.now());
  preview.survey = survey(database, preview.selection);
  if (preview.survey.groups.empty()) return preview;
  preview.schedules = schedules_of(database, preview.survey);
  if (deleting.dry_run) preview.samples = read_samples(database, preview.selection);
  return preview;
}

DeletionResult carry_out(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                         const Preview& preview, Recorder& recorder) {
  Interrupts& interrupts = invocation.environment.interrupts;
  const Interrupts::Grace grace(interrupts);
  ProgressLine line(invocation.environment.terminal, invocation.environment.clock);
  DeletionPlan orders;
  orders.selection = preview.selection;
  orders.expected = preview.survey.total();
  orders.include_held = deleting.include_held;
  orders.sink = recorder.sink();
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const Progress& progress) {
    const char* state = interrupts.requested()       ? "ending after this batch"
                        : progress.waiting_for_locks ? "waiting for locks"
                                                     : "deleting";
    line.update(progress.deleted, progress.expected, state);
  };
  return delete_tasks(site.database(), orders);
}

/// Ids that name no task are no error: they may have been worked off meanwhile.
void note_missing_ids(Terminal& terminal, const Preview& preview) {
  const auto given = static_cast<std::int64_t>(preview.selection.filter.ids.size());
  const std::int64_t found = preview.survey.total();
  if (given > 1 && found > 0 && found < given)
    terminal.err(with_separators(given - found) + " of the " + with_separators(given) + " ids name no such task\n");
}

/// What the file could not take at its end does not undo the deletion, and must be said.
void end_recording(Recorder& recorder, DeletionResult& result) {
  try {
    recorder.finish({total(result.deleted), result.other_rows, ending_word(result.ending)});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

int exit_status(const DeletionResult& result) {
  if (result.ending == Ending::interrupted) return kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.deleted.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

}  // namespace

void read_manner(const Options& options, DeletionRequest& request) {
  request.dry_run = options.has("dry-run");
  request.ask = !options.has("yes");
  request.include_held = options.has("include-running");
  request.follow = follow_time(options);
  request.keep = read_keep_request(options);
}

Preview prepare_deletion(const Invocation& invocation, const Site& site, const DeletionRequest& deleting) {
  if (site.facts.standby && !deleting.dry_run) {
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
  }
  rows_to_delete_first(site.catalog);  // what can't be handled is refused before anybody is asked
  Preview preview = look(invocation, site, deleting);
  note_missing_ids(invocation.environment.terminal, preview);
  if (preview.survey.total() == 0 || deleting.dry_run) return preview;
  preview.entry = entry_of(invocation.command, site, headline_of(deleting, preview), preview.survey.total(),
                           preview.selection.as_of);
  preview.entry.reason = deleting.keep.reason;
  preview.backup = plan_backup(invocation.environment.state, site, deleting.keep, preview.entry);
  return preview;
}

void ask_to_delete(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                   const Preview& preview, const std::string& more) {
  Terminal& terminal = invocation.environment.terminal;
  check_can_ask(terminal, invocation.machine_output());
  terminal.err(describe_preview(terminal, site, deleting, preview) + more);
  const std::string count = count_of(preview.survey.total(), "task", "tasks");
  if (deleting.whole_queue.empty()) {
    ask_yes(terminal, invocation.environment.interrupts, {"Delete " + count + "?", deleting.otherwise});
  } else {
    ask_typed(
        terminal, invocation.environment.interrupts,
        {"Type the queue's name, " + terminal.strong(visible(deleting.whole_queue)) + ", to delete " + count + ": ",
         deleting.otherwise},
        deleting.whole_queue);
  }
}

Deleted delete_previewed(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                         const Preview& preview, Json& document) {
  Recorder recorder(invocation.environment.state, site, preview.backup, preview.entry);
  DeletionResult result = carry_out(invocation, site, deleting, preview, recorder);
  end_recording(recorder, result);
  add_result(document, preview, result, recorder);
  const int status = exit_status(result);
  std::string text = describe_result(invocation, preview, result, recorder);
  return {std::move(result), std::move(text), status};
}

namespace {

/// What can't be looked at afterwards does not undo what was done.
std::string aftermath_of(Terminal& terminal, const Site& site, const Preview& preview, Json& document) {
  try {
    const Refill aftermath = look_after(site, preview);
    document["aftermath"] = json_of(aftermath);
    return describe(aftermath);
  } catch (const Error& error) {
    terminal.err("can't look whether the queue refills: " + visible(error.what()) + "\n");
    return {};
  }
}

}  // namespace

void report_deletion(const Invocation& invocation, Cluster& cluster, const Site& site, const DeletionRequest& deleting,
                     const Preview& preview, const Deleted& deleted, Json& document) {
  Terminal& terminal = invocation.environment.terminal;
  const bool machine = invocation.machine_output();
  std::string text = deleted.text;
  const bool whole = deleted.result.ending == Ending::complete && total(deleted.result.deleted) > 0;
  if (whole) text += aftermath_of(terminal, site, preview, document);
  if (!machine) terminal.out(text);
  if (whole) document["aftermath"]["follow"] = follow(invocation, cluster, site, deleting.follow);
  if (machine) terminal.out(as_json(invocation, document));
  if (deleted.result.failure && deleted.result.ending == Ending::failed) print_error(terminal, *deleted.result.failure);
}

int delete_with_questions(const Invocation& invocation, const DeletionRequest& deleting) {
  Cluster cluster = open_cluster(invocation, true);
  const Site site = enter(invocation, cluster, look_around(invocation, cluster));
  Terminal& terminal = invocation.environment.terminal;
  const bool machine = invocation.machine_output();
  const Preview preview = prepare_deletion(invocation, site, deleting);
  Json document = document_of_deletion(invocation, site, deleting, preview);
  const bool nothing = preview.survey.total() == 0;
  if (nothing || deleting.dry_run) {
    const std::string text = nothing ? describe_nothing(preview) : describe_dry_run(terminal, site, deleting, preview);
    terminal.out(machine ? as_json(invocation, document) : text);
    return 0;
  }
  if (deleting.ask) ask_to_delete(invocation, site, deleting, preview);

  const Deleted deleted = delete_previewed(invocation, site, deleting, preview, document);
  report_deletion(invocation, cluster, site, deleting, preview, deleted, document);
  return deleted.exit_status;
}

}  // namespace akqueue
