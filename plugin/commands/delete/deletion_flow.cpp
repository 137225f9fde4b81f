#include "commands/delete/deletion_flow.hpp"

#include <set>

#include "commands/delete/deletion_json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/delete/refill.hpp"
#include "commands/shared/batch_words.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/sessions_beside.hpp"
#include "commands/shared/share.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/measure/disk.hpp"
#include "queue/measure/heartbeats.hpp"
#include "system/pause.hpp"
#include "ui/errors.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

constexpr std::size_t kSamples = 5;

std::vector<Preview::Sample> read_samples(const session::Database& database, const queue::Selection& selection) {
  std::vector<Preview::Sample> samples;
  for (const queue::Selection& piece : selection.pieces()) {
    if (samples.size() == kSamples) break;
    session::Statement statement;
    const std::string where = piece.where(statement, database, "t");
    statement.sql = "SELECT t.message_id, t.actor_name, t.state, t.mtime FROM " + database.task().quoted() +
                    " AS t WHERE " + where + " LIMIT " + std::to_string(kSamples - samples.size());
    database.session.query(statement, [&](const session::Value& row) {
      samples.push_back({session::text(row.at(0)), session::text(row.at(1)), session::text(row.at(2)),
                         session::timestamp(row.at(3))});
    });
  }
  return samples;
}

std::vector<queue::Schedule> schedules_of(const session::Database& database, const queue::SelectionCounts& counts) {
  std::set<std::string> actors;
  for (const queue::Group& group : counts.groups) actors.insert(group.actor);
  std::vector<queue::Schedule> schedules;
  for (queue::Schedule& schedule : queue::read_schedules(database)) {
    if (!schedule.paused && actors.contains(schedule.actor)) schedules.push_back(std::move(schedule));
  }
  return schedules;
}

Preview look(const cli::Environment& environment, const Site& site, const DeletionRequest& deleting) {
  const session::Database database = site.database();
  const session::Transaction transaction(*site.session, kLooking);
  Preview preview;
  const std::vector<std::string> named =
      deleting.queue.empty() ? deleting.choice.queues : std::vector<std::string>{deleting.queue};
  queue::TaskFilter filter = resolve_on(environment.terminal, site, deleting.choice, named);
  explain_filter(environment, deleting.site, filter);
  if (deleting.duplicates) {
    preview.duplicates = queue::find_duplicates(database, filter, *deleting.duplicates, transaction.now());
    filter.ids = std::move(preview.duplicates->ids);
    filter.duplicates = deleting.duplicates;
  }
  preview.selection = queue::pin(database, filter, transaction.now());
  preview.selection.dependents = deleting.dependents;
  preview.selection.takes_held = deleting.include_held || deleting.drains;
  preview.workers_end = deleting.drains;
  if (deleting.drains) queue::hand_over(database, preview.selection);
  preview.counts = queue::count_selection(database, preview.selection);
  preview.dependents = queue::count_dependents(database, preview.selection);
  if (preview.counts.held() > 0)
    preview.nobody_lives = queue::read_heartbeats(database, transaction.now()).nobody_lives();
  preview.going = preview.selection.takes_held ? preview.counts : preview.counts.without_held();
  if (preview.going.groups.empty()) return preview;
  if (deleting.stop_source) preview.sources = find_sources(site, preview.selection, preview.going);
  else preview.schedules = schedules_of(database, preview.going);
  if (deleting.dry_run) preview.samples = read_samples(database, preview.selection);
  return preview;
}

queue::DeletionPlan plan_of(const DeletionRequest& deleting, const Preview& preview) {
  queue::DeletionPlan orders;
  orders.selection = preview.selection;
  orders.selection.takes_held = deleting.include_held;
  orders.expected = preview.going.total();
  orders.include_held = deleting.include_held;
  orders.batch_time = deleting.brakes.batch_time;
  return orders;
}

/// Sessions beside the site's. Nobody is there to be harmed where the workers have ended; but few tasks are not worth
/// the time that it takes to open one.
std::size_t jobs_beside(const DeletionRequest& deleting, const queue::DeletionPlan& orders) {
  constexpr std::int64_t kMany = 10'000;
  if (!orders.walks()) return 0;
  if (deleting.jobs) return static_cast<std::size_t>(*deleting.jobs - 1);
  return deleting.drains && orders.expected >= kMany ? 1 : 0;
}

queue::DeletionResult carry_out(const cli::Environment& environment, const Site& site, const BrakeRequest& brakes,
                                queue::DeletionPlan& orders,
                                const std::vector<std::unique_ptr<session::Session>>& beside, Recorder& recorder) {
  system::Interrupts& interrupts = environment.interrupts;
  const system::Interrupts::Grace grace(interrupts);
  ui::ProgressLine line(environment.terminal, environment.clock);
  orders.sink = recorder.sink();
  for (const auto& session : beside) {
    const session::Database one = site.database();
    orders.beside.push_back(
        {{*session, one.catalog, one.dialect, one.workers_gone, one.locks_tell}, recorder.sink_beside()});
  }
  queue::Brake brake(brakes.limits, [&clock = environment.clock] { return clock.now(); });
  orders.brake = &brake;
  orders.pause = [&](std::chrono::milliseconds time) { system::pause_for(environment.clock, interrupts, time); };
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const queue::Progress& progress) {
    line.update(progress.deleted, progress.expected, state_words(interrupts, progress, "deleting"));
  };
  queue::DeletionResult result = queue::delete_tasks(site.database(), orders);
  if (const std::string blind = brake.blind(); !blind.empty())
    environment.terminal.err(ui::format_text("note: {}\n", blind));
  return result;
}

/// Ids that name no task are not an error: they may have been worked off meanwhile.
void note_missing_ids(ui::Terminal& terminal, const Preview& preview) {
  if (preview.duplicates) return;
  const auto given = static_cast<std::int64_t>(preview.selection.filter.ids.size());
  const std::int64_t found = preview.counts.total();
  if (given > 1 && found > 0 && found < given)
    terminal.err(ui::format_text("{} of the {} ids name no such task\n", with_separators(given - found),
                                 with_separators(given)));
}

/// What the file could not take at its end does not undo the deletion, and must be said.
void end_recording(Recorder& recorder, queue::DeletionResult& result) {
  try {
    recorder.finish(
        {backup::total(result.deleted), result.other_rows.total(), ending_word(result.ending), result.other_rows});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

int exit_status(const queue::DeletionResult& result) {
  if (result.ending == Ending::interrupted) return cli::kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.deleted.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

}  // namespace

Preview prepare_deletion(const cli::Environment& environment, const Site& site, const DeletionRequest& deleting) {
  if (site.facts.standby && !deleting.dry_run) {
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
  }
  queue::rows_to_delete_first(site.catalog);  // what can't be handled is refused before anybody is asked
  Preview preview = look(environment, site, deleting);
  note_missing_ids(environment.terminal, preview);
  if (preview.going.total() == 0 || deleting.dry_run) return preview;
  preview.entry =
      entry_of(deleting.keep, site, headline_of(deleting, preview), preview.going.total(), preview.selection.as_of);
  preview.entry.line = environment.command_line;
  preview.backup = plan_backup(environment.state, site, deleting.keep, preview.entry);
  return preview;
}

void ask_to_delete(const cli::Environment& environment, const Site& site, const DeletionRequest& deleting,
                   const Preview& preview, const ui::Text& more) {
  ui::Terminal& terminal = environment.terminal;
  ui::check_can_ask(terminal, is_json(deleting.output), deleting.otherwise);
  terminal.err(describe_preview(terminal, site, deleting, preview) + more);
  const std::string count = count_of(preview.going.total(), "task", "tasks");
  if (deleting.whole_queue.empty()) {
    ui::ask_yes(terminal, environment.interrupts, {ui::format_text("Delete {}?", count), deleting.otherwise});
  } else {
    ui::ask_typed(
        terminal, environment.interrupts,
        {ui::format_text("Type the queue's name, {}, to delete {}: ", terminal.strong(deleting.whole_queue), count),
         deleting.otherwise},
        deleting.whole_queue);
  }
}

Deleted delete_previewed(const cli::Environment& environment, const Cluster& cluster, const Site& site,
                         const DeletionRequest& deleting, const Preview& preview, Json& document) {
  queue::DeletionPlan orders = plan_of(deleting, preview);
  const auto beside = open_beside(environment, cluster, site, jobs_beside(deleting, orders));
  Recorder recorder(environment.state, site, preview.backup, preview.entry);
  queue::DeletionResult result = carry_out(environment, site, deleting.brakes, orders, beside, recorder);
  end_recording(recorder, result);
  if (deleting.keep.share)
    share(environment, deleting.site, site, preview.entry, backup::total(result.deleted), ending_word(result.ending));
  add_result(document, preview, result, recorder);
  document["result"]["jobs"] = beside.size() + 1;
  const int status = exit_status(result);
  ui::Text text = describe_result(environment.terminal, preview, result, recorder);
  return {std::move(result), std::move(text), status};
}

namespace {

/// What can't be looked at afterwards does not undo what was done.
ui::Text refill_of(ui::Terminal& terminal, const Site& site, const Preview& preview, Json& document) {
  try {
    const Refill refill = look_after(site, preview);
    document["aftermath"] = json_of(refill);
    return describe(refill);
  } catch (const Error& error) {
    terminal.err(ui::format_text("can't tell whether the queue refills: {}\n", error.what()));
    return {};
  }
}

/// What the deleted rows took up does not go back to the disk by itself.
ui::Text disk_of(const Site& site, const queue::DeletionResult& result, Json& document) {
  const std::int64_t bytes = queue::room_of(site.catalog, backup::total(result.deleted), result.other_rows);
  document["stays_allocated_bytes"] = bytes;
  if (bytes < queue::kLeastSlack) return {};
  return ui::format_text(
      "disk: about {} stays with the tables: autovacuum frees it for new rows, and gives back\n"
      "      what is empty at their ends; VACUUM FULL gives back the rest, and locks them meanwhile\n",
      ui::format_size(bytes));
}

}  // namespace

void report_deletion(const cli::Environment& environment, Cluster& cluster, const Site& site,
                     const DeletionRequest& deleting, const Preview& preview, const Deleted& deleted, Json& document) {
  ui::Terminal& terminal = environment.terminal;
  const bool machine = is_json(deleting.output);
  ui::Text text = deleted.text;
  const bool whole = deleted.result.ending == Ending::complete && backup::total(deleted.result.deleted) > 0;
  text += disk_of(site, deleted.result, document);
  if (whole) text += refill_of(terminal, site, preview, document);
  if (!machine) terminal.out(text);
  if (whole) follow(environment, cluster, site, deleting.follow, deleting.output, document["aftermath"]);
  if (machine) terminal.out(as_json(deleting.output, document));
  if (deleted.result.failure && deleted.result.ending == Ending::failed)
    ui::print_error(terminal, *deleted.result.failure);
}

int delete_with_questions(const cli::Environment& environment, const DeletionRequest& deleting) {
  Cluster cluster = open_cluster(environment, deleting.site);
  Site site = enter(environment, cluster, look_around(environment, cluster));
  ui::Terminal& terminal = environment.terminal;
  const bool machine = is_json(deleting.output);
  Preview preview = prepare_deletion(environment, site, deleting);
  Json document = document_of_deletion(site, deleting, preview);
  const bool nothing = preview.going.total() == 0;
  if (nothing || deleting.dry_run) {
    const ui::Text text = nothing ? describe_nothing(preview) : describe_dry_run(terminal, site, deleting, preview);
    terminal.out(machine ? as_json(deleting.output, document) : text);
    return 0;
  }
  if (deleting.ask) {
    ask_to_delete(environment, site, deleting, preview);
    stay_entered(environment, deleting.site, site);
  }

  if (preview.sources) {
    preview.stopped = stop_sources(environment, site, deleting.keep, *preview.sources);
    preview.entry.with = preview.stopped.id;
  }
  const Deleted deleted = delete_previewed(environment, cluster, site, deleting, preview, document);
  report_deletion(environment, cluster, site, deleting, preview, deleted, document);
  return deleted.exit_status;
}

}  // namespace akqueue::commands
