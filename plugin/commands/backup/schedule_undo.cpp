#include "commands/backup/schedule_undo.hpp"

#include "commands/schedules/schedule_text.hpp"
#include "commands/shared/batch_words.hpp"
#include "commands/shared/share.hpp"
#include "queue/change/schedule_undo.hpp"
#include "ui/errors.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

constexpr const char* kNothingUndone = "nothing was taken back";

void refuse_options_of_tasks(const RestoreRequest& request) {
  if (!request.choice.empty() || request.as_rejected || request.with_running)
    throw Error(ErrorCode::usage, "this was a change of schedules: no task can be chosen from it",
                "leave out what chooses tasks");
}

ui::Text describe_schedule_record(const ui::Terminal& terminal, const Site& site, const Restoring& restoring,
                                  const queue::ScheduleUndo& preview, Timestamp now) {
  const backup::BackupHeader& header = restoring.file.contents().header;
  ui::Text text = ui::format_text("record {}\nof {}Z, {}: {}\n", restoring.file.path(), header.created.substr(0, 19),
                                  header.command, header.filter);
  if (!header.reason.empty()) text += ui::format_text("reason: {}\n", header.reason);
  return text + "\n" + draw_verdicts(terminal, preview.verdicts, now) +
         ui::format_text("\nin {}, database {}\n", site.where(), site.facts.database);
}

Json document_of_schedule_undo(const Site& site, const Restoring& restoring, const queue::ScheduleUndo& undo,
                               Timestamp now, Ending ending) {
  const bool dry_run = restoring.request.dry_run;
  Json document = document_of("schedule_change");
  document["command"] = restoring.request.keep.command;
  document["change"] = restoring.file.contents().header.change;
  document["dry_run"] = dry_run;
  if (!restoring.request.keep.reason.empty()) document["reason"] = restoring.request.keep.reason;
  document["site"] = site.to_json();
  document["now"] = format_timestamp(now);
  document["undoes"] = restoring.file.path();
  document["schedules"] = json_of_verdicts(undo.verdicts, now);
  if (dry_run) return document;
  Json& outcome = document["result"];
  outcome["changed"] = undo.committed ? undo.taken_back() : 0;
  outcome["in_doubt"] = undo.in_doubt ? undo.taken_back() : 0;
  outcome["ending"] = ending_word(ending);
  outcome["record"] = nullptr;
  add_failure(outcome, undo);
  return document;
}

ui::Text describe_schedules_back(const ui::Terminal& terminal, const queue::ScheduleUndo& undo, Timestamp now,
                                 bool dry_run, Ending ending) {
  ui::Text text = draw_verdicts(terminal, undo.verdicts, now);
  if (!text.empty()) text += "\n";
  const std::string schedules = count_of(undo.taken_back(), "schedule", "schedules");
  if (dry_run) return text + ui::format_text("would take back {} (dry run)\n", schedules);
  if (undo.in_doubt)
    return text + ui::format_text("in doubt: {}, whose commit was never confirmed; run it again to see\n", schedules);
  return text + ui::format_text("took back {}: {}\n", undo.committed ? schedules : count_of(0, "schedule", "schedules"),
                                ending_word(ending));
}

/// In the history, and with --record where others can read it.
void keep_schedule_undo(const cli::Environment& environment, const Site& site, const Restoring& restoring,
                        const backup::HistoryEntry& entry, queue::ScheduleUndo& undo, Ending& ending) {
  const std::int64_t count = undo.committed ? undo.taken_back() : 0;
  try {
    backup::end_history(environment.state, entry.id, {.tasks = count, .ending = ending_word(ending)});
  } catch (const Error& error) {
    if (!undo.failure) undo.failure = error;
    if (ending == Ending::complete) ending = Ending::failed;
  }
  if (restoring.request.keep.share) share(environment, restoring.request.site, site, entry, count, ending_word(ending));
}

backup::HistoryEntry entry_of_undo(const cli::Environment& environment, const Site& site, const Restoring& restoring,
                                   const queue::ScheduleUndo& preview, Timestamp now) {
  const backup::BackupHeader& header = restoring.file.contents().header;
  backup::HistoryEntry entry =
      entry_of(restoring.request.keep, site, header.command + " of " + header.filter, preview.taken_back(), now);
  entry.line = environment.command_line;
  entry.backup = restoring.file.path();
  entry.change = header.change;
  entry.of = restoring.undoes;
  return entry;
}

Timestamp time_of(const Site& site) {
  const session::Transaction transaction(*site.session, kLooking);
  return transaction.now();
}

}  // namespace

int undo_schedules_with_questions(const cli::Environment& environment, Site& site, Restoring& restoring) {
  const RestoreRequest& request = restoring.request;
  ui::Terminal& terminal = environment.terminal;
  refuse_options_of_tasks(request);
  const Timestamp now = time_of(site);
  queue::ScheduleUndo undo = queue::judge_schedule_undo(site.database(), restoring.file);
  Ending ending = Ending::complete;
  if (!request.dry_run) {
    if (request.ask) {
      ui::check_can_ask(terminal, is_json(request.output), kNothingUndone);
      terminal.err(describe_schedule_record(terminal, site, restoring, undo, now));
      ui::ask_yes(terminal, environment.interrupts, {"Take it back?", kNothingUndone});
      stay_entered(environment, request.site, site);
    }
    const backup::HistoryEntry entry = entry_of_undo(environment, site, restoring, undo, now);
    environment.state.prepare();
    backup::begin_history(environment.state, entry);
    {
      const system::Interrupts::Grace grace(environment.interrupts);
      undo = queue::undo_schedules(site.database(), restoring.file);
    }
    if (undo.failure) ending = undo.failure->code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
    keep_schedule_undo(environment, site, restoring, entry, undo, ending);
  }
  terminal.out(is_json(request.output)
                   ? as_json(request.output, document_of_schedule_undo(site, restoring, undo, now, ending))
                   : describe_schedules_back(terminal, undo, now, request.dry_run, ending));
  if (ending == Ending::interrupted) return cli::kInterruptedStatus;
  if (ending == Ending::complete) return 0;
  ui::print_error(terminal, *undo.failure);
  return error_kind(undo.in_doubt ? ErrorCode::partial : undo.failure->code()).exit_status;
}

namespace {

std::optional<backup::HistoryEntry> entry_with_id(const cli::Environment& environment, const std::string& id) {
  for (const backup::HistoryEntry& entry : backup::read_history(environment.state)) {
    if (entry.id == id) return entry;
  }
  return std::nullopt;
}

void tell_of_resumed(ui::Terminal& terminal, const queue::ScheduleUndo& undo, bool dry_run) {
  for (const queue::ScheduleVerdict& one : undo.verdicts) {
    if (!one.after) terminal.err(ui::format_text("{} is left alone: {}\n", short_schedule(one.schedule), one.why));
  }
  if (undo.taken_back() > 0)
    terminal.err(ui::format_text("{} what was paused for it: {}\n", dry_run ? "would resume" : "resumed",
                                 named_schedules(undo.verdicts)));
}

}  // namespace

void take_back_with(const cli::Environment& environment, const Site& site, const Restoring& restoring) {
  ui::Terminal& terminal = environment.terminal;
  const auto made = entry_with_id(environment, restoring.with);
  if (!made || made->backup.empty()) return;
  try {
    Restoring paused{.file = backup::BackupFile(made->backup), .request = restoring.request, .undoes = made->id};
    paused.file.check();
    queue::ScheduleUndo undo = queue::judge_schedule_undo(site.database(), paused.file);
    if (!restoring.request.dry_run && undo.taken_back() > 0) {
      const backup::HistoryEntry entry = entry_of_undo(environment, site, paused, undo, time_of(site));
      backup::begin_history(environment.state, entry);
      undo = queue::undo_schedules(site.database(), paused.file);
      Ending ending = undo.failure ? Ending::failed : Ending::complete;
      keep_schedule_undo(environment, site, paused, entry, undo, ending);
      if (undo.failure) throw *undo.failure;
    }
    tell_of_resumed(terminal, undo, restoring.request.dry_run);
  } catch (const Error& error) {
    ui::print_error(terminal, error);
    terminal.err(ui::format_text("its schedules are still paused: kubectl akqueue undo {} resumes them\n", made->id));
  }
}

}  // namespace akqueue::commands
