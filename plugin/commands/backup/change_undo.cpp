#include "commands/backup/change_undo.hpp"

#include "commands/shared/batch_words.hpp"
#include "commands/shared/share.hpp"
#include "commands/shared/tally_table.hpp"
#include "queue/change/change_undo.hpp"
#include "queue/change/restore_target.hpp"
#include "ui/errors.hpp"
#include "ui/listing.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

constexpr const char* kNothingTakenBack = "nothing was taken back";

ui::Text describe_record(const ui::Terminal& terminal, const Site& site, const Restoring& restoring) {
  const backup::BackupContents& contents = restoring.file.contents();
  const backup::BackupHeader& header = contents.header;
  ui::Text text = ui::format_text("record {}\nof {}Z, {}: {}\n", restoring.file.path(), header.created.substr(0, 19),
                                  header.command, header.filter);
  if (!header.reason.empty()) text += ui::format_text("reason: {}\n", header.reason);
  if (!contents.complete)
    text += terminal.warning("The command that wrote it was cut short; what it had changed is in it.") + "\n";
  return text +
         ui::format_text("\n{}\nEach becomes what it was, unless a worker or somebody has changed it since.\n",
                         draw_tally(terminal, contents.tasks, "TASKS")) +
         ui::format_text("in {}, database {}\n", site.where(), site.facts.database);
}

ui::Text left_table(const ui::Terminal& terminal, const queue::ChangeUndoResult& result) {
  ui::Listing listing({{"LEFT-ALONE", true}, {"STATE-NOW"}, {"WHY", false, false, false, true}});
  const auto add = [&](std::int64_t tasks, const std::string& state, const char* why) {
    if (tasks > 0) listing.add({with_separators(tasks), state, why});
  };
  for (const auto& [state, tasks] : result.went_on) add(tasks, state, "a worker has taken it since, or it was changed");
  add(result.held, "", "a worker is taking it now, or it is locked");
  add(result.gone, "", "it is in the table no more");
  add(result.as_before, "", "it is as it was before");
  add(result.passed_over, "", "not chosen");
  add(result.not_reached, "", "not reached");
  return listing.empty() ? ui::Text() : listing.draw_aside(terminal) + "\n";
}

ui::Text describe_taken_back(const ui::Terminal& terminal, const queue::ChangeUndoResult& result, bool dry_run) {
  ui::Text text = draw_tally(terminal, result.restored, "BACK");
  if (!text.empty()) text += "\n";
  text += left_table(terminal, result);
  if (result.in_doubt > 0)
    text += ui::format_text("in doubt: {} of a batch whose commit was never confirmed; run it again to see\n",
                            count_of(result.in_doubt, "task", "tasks"));
  const std::string tasks = count_of(backup::total(result.restored), "task", "tasks");
  if (dry_run) return text + ui::format_text("would take back {} (dry run)\n", tasks);
  return text + ui::format_text("took back {} in {}: {}\n", tasks, ui::format_took(result.took.count()),
                                ending_word(result.ending));
}

Json document_of_undo(const Site& site, const Restoring& restoring, const queue::ChangeUndoResult& result) {
  const backup::BackupHeader& header = restoring.file.contents().header;
  Json document = document_of("change_undo");
  document["command"] = restoring.request.keep.command;
  document["dry_run"] = restoring.request.dry_run;
  if (!restoring.request.keep.reason.empty()) document["reason"] = restoring.request.keep.reason;
  document["site"] = site.to_json();
  document["record"] = {{"path", restoring.file.path()}, {"created", header.created},
                        {"command", header.command},     {"change", header.change},
                        {"filter", header.filter},       {"complete", restoring.file.contents().complete}};
  Json& outcome = document["result"];
  outcome["restored"] = backup::total(result.restored);
  outcome["groups"] = Json::array();
  for (const auto& [key, tasks] : result.restored)
    outcome["groups"].push_back({{"actor", key.second}, {"state", key.first}, {"tasks", tasks}});
  outcome["log_rows"] = result.log_rows;
  outcome["left"] = {{"held", result.held},           {"gone", result.gone},
                     {"as_before", result.as_before}, {"passed_over", result.passed_over},
                     {"went_on", Json::object()},     {"not_reached", result.not_reached}};
  for (const auto& [state, tasks] : result.went_on) outcome["left"]["went_on"][state] = tasks;
  add_run(outcome, result);
  add_failure(outcome, result);
  return document;
}

queue::ChangeUndoResult take_back(const cli::Environment& environment, const Site& site, backup::BackupFile& record,
                                  queue::ChangeUndoOrders orders) {
  system::Interrupts& interrupts = environment.interrupts;
  const system::Interrupts::Grace grace(interrupts);
  ui::ProgressLine line(environment.terminal, environment.clock);
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const queue::Progress& progress) {
    line.update(progress.deleted, progress.expected, state_words(interrupts, progress, "taking back"));
  };
  return queue::undo_change(site.database(), record, orders);
}

void end_undo(const backup::StateDirectory& state, const std::string& id, queue::ChangeUndoResult& result) {
  try {
    backup::end_history(
        state, id,
        {.tasks = backup::total(result.restored), .other_rows = result.log_rows, .ending = ending_word(result.ending)});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

int status_of_undo(const queue::ChangeUndoResult& result) {
  if (result.ending == Ending::interrupted) return cli::kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.restored.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

void refuse_options_of_deletions(const RestoreRequest& request) {
  const char* option = request.as_rejected ? "--as-rejected" : request.with_running ? "--include-running" : nullptr;
  if (option != nullptr)
    throw Error(ErrorCode::usage, std::string(option) + " is for deletions, and this was a change",
                "leave it out: each task becomes what it was");
}

}  // namespace

int undo_change_with_questions(const cli::Environment& environment, Site& site, Restoring& restoring) {
  const RestoreRequest& request = restoring.request;
  ui::Terminal& terminal = environment.terminal;
  refuse_options_of_deletions(request);
  queue::ChangeUndoOrders orders{.dry_run = request.dry_run};
  Timestamp now = 0;
  {
    const session::Transaction transaction(*site.session, kLooking);
    now = transaction.now();
    orders.selection = {.filter = filter_in_backup(site.database(), request.choice, restoring.file.contents()),
                        .as_of = now};
    queue::check_target(site.database(), restoring.file.contents(), request.drop_columns);
  }
  if (!request.dry_run && request.ask) {
    ui::check_can_ask(terminal, is_json(request.output), kNothingTakenBack);
    terminal.err(describe_record(terminal, site, restoring));
    ui::ask_yes(terminal, environment.interrupts, {"Take it back?", kNothingTakenBack});
    stay_entered(environment, request.site, site);
  }
  const backup::BackupContents& contents = restoring.file.contents();
  const queue::TaskFilter& filter = orders.selection.filter;
  backup::HistoryEntry entry = entry_of(
      request.keep, site,
      contents.header.command + " of " + (queue::is_unconditional(filter) ? "all " : "") + queue::in_words(filter),
      backup::total(contents.tasks), now);
  entry.line = environment.command_line;
  entry.backup = restoring.file.path();
  entry.change = contents.header.change;
  if (request.choice.empty()) entry.of = restoring.undoes;
  if (!request.dry_run) {
    environment.state.prepare();
    backup::begin_history(environment.state, entry);
  }
  queue::ChangeUndoResult result = take_back(environment, site, restoring.file, orders);
  if (!request.dry_run) {
    end_undo(environment.state, entry.id, result);
    if (request.keep.share)
      share(environment, request.site, site, entry, backup::total(result.restored), ending_word(result.ending));
  }
  terminal.out(is_json(request.output) ? as_json(request.output, document_of_undo(site, restoring, result))
                                       : describe_taken_back(terminal, result, request.dry_run));
  if (result.failure && result.ending == Ending::failed) ui::print_error(terminal, *result.failure);
  return status_of_undo(result);
}

}  // namespace akqueue::commands
