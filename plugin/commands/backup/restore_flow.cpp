#include "commands/backup/restore_flow.hpp"

#include <algorithm>
#include <set>

#include "akqueue/tasks.hpp"
#include "backup/system_id.hpp"
#include "commands/shared/batch_words.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/other_rows_text.hpp"
#include "commands/shared/sessions_beside.hpp"
#include "commands/shared/share.hpp"
#include "commands/shared/tally_table.hpp"
#include "queue/change/restore_target.hpp"
#include "queue/filter/name_resolution.hpp"
#include "system/paths.hpp"
#include "ui/errors.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

constexpr const char* kNothingRestored = "nothing was restored";

std::string as_words(const Restoring& restoring) {
  return restoring.request.as_rejected ? ", unfinished ones as rejected" : "";
}

using WereRunning = std::map<std::string, queue::WereRunning>;

/// Before anything is asked of the database: by the states in the file.
WereRunning were_running_in(const backup::BackupContents& contents, const RestoreRequest& request) {
  WereRunning actors;
  if (!contents.header.include_running || request.as_rejected) return actors;
  for (const auto& [key, count] : contents.tasks) {
    if (std::ranges::find(task_state::kTaken, key.first) != task_state::kTaken.end()) actors[key.second].tasks += count;
  }
  return actors;
}

/// What they do now, if the database was asked.
std::string fate_of_running(std::int64_t tasks, std::int64_t held, bool asked) {
  if (!asked) return "they have ended since, or run still";
  if (held == 0) return "they have ended since";
  if (held == tasks) return "live workers run them still";
  return "live workers run " + with_separators(held) + " of them still, the others have ended";
}

/// Who they are, and what becomes of them. Before the question it is not known which of them run still.
ui::Text running_words(const WereRunning& actors, bool come_back, bool asked) {
  if (actors.empty()) return {};
  std::int64_t tasks = 0;
  std::int64_t held = 0;
  std::vector<std::string> words;
  for (const auto& [actor, were] : actors) {
    tasks += were.tasks;
    held += were.held;
    words.push_back(short_name(actor) + " " + with_separators(were.tasks));
  }
  const ui::Text text =
      ui::format_text("running when they were deleted: {} ({})\n  {}", count_of(tasks, "task", "tasks"), joined(words),
                      fate_of_running(tasks, held, asked));
  if (come_back) return text + "; they run again\n";
  return text + "; they would run again, and are left out (--include-running)\n";
}

ui::Text describe(const ui::Terminal& terminal, const Site& site, const Restoring& restoring,
                  const backup::BackupContents& contents, const std::string& what) {
  const backup::BackupHeader& header = contents.header;
  ui::Text text = ui::format_text("backup {}\nof {}Z, {}: {}\n", restoring.file.path(), header.created.substr(0, 19),
                                  header.command, header.filter);
  if (!header.reason.empty()) text += ui::format_text("reason: {}\n", header.reason);
  text += ui::format_text("from {}namespace {}, database {}\n",
                          header.context.empty() ? ui::Text() : ui::format_text("context {}, ", header.context),
                          header.name_space, header.database);
  if (backup::another_system(header.system, site.facts.system))
    text += terminal.warning("It was taken from a different database, even if both have the same name.") + "\n";
  if (!contents.complete)
    text += terminal.warning("The command that wrote it was cut short; what it had deleted is in it.") + "\n";
  text += ui::format_text("\n{}\nrestores: {}\n", draw_tally(terminal, contents.tasks, "TASKS"), what);
  text += running_words(were_running_in(contents, restoring.request), restoring.request.with_running, false);
  return text + ui::format_text("into {}, database {}\n", site.where(), site.facts.database);
}

/// Nobody is asked: what a person would be warned of is refused.
void refuse_other_site(const backup::BackupHeader& header, const Site& site) {
  if (!backup::another_system(header.system, site.facts.system)) return;
  throw Error(ErrorCode::refused,
              "the backup was taken from a different database (" + header.system + ", not " + site.facts.system + ")",
              "is this the right context and namespace? --other-site restores it all the same");
}

std::string left_words(const queue::RestoreResult& result) {
  std::vector<std::string> words;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) words.push_back(with_separators(count) + " " + why);
  };
  add(result.present, "there already");
  add(result.passed_over, "not chosen");
  add(result.conflicting, "that a unique index does not let in");
  add(result.waiting, "that wait for tasks which are not there");
  add(result.never_deleted, "whose deletion was never committed");
  return joined(words);
}

/// What is only in the backup, and what brings it back.
ui::Text missing_words(const Restoring& restoring, const queue::RestoreResult& result) {
  if (result.missing() == 0) return {};
  const ui::Text again = restoring.undoes.empty() ? ui::format_text("kubectl akqueue restore {}", restoring.file.path())
                                                  : "kubectl akqueue undo";
  return ui::format_text("only in the backup: {}; {}{} brings back what can be brought back then\n",
                         count_of(result.missing(), "task", "tasks"), again,
                         result.running > 0 ? " --include-running" : "");
}

ui::Text describe_result(const ui::Terminal& terminal, const Restoring& restoring, const queue::RestoreResult& result,
                         bool dry_run) {
  ui::Text text = draw_tally(terminal, result.restored, "RESTORED");
  if (!text.empty()) text += "\n";
  const std::string left = left_words(result);
  if (!left.empty()) text += ui::format_text("left alone: {}\n", left);
  if (result.other_left > 0) {
    text += ui::format_text("left out: {} of other tables, whose tasks are not there\n",
                            count_of(result.other_left, "row", "rows"));
  }
  if (result.in_doubt > 0) {
    text += ui::format_text("in doubt: {} of the last batch, whose commit was never confirmed; run it again to see\n",
                            count_of(result.in_doubt, "task", "tasks"));
  }
  text += running_words(result.were_running, restoring.request.with_running, true);
  if (!dry_run) text += missing_words(restoring, result);
  return text + ui::format_text("{} {} in {}: {}{}\n", dry_run ? "would restore" : "restored",
                                tasks_and_rows(backup::total(result.restored), result.other_rows),
                                ui::format_took(result.took.count()), ending_word(result.ending),
                                dry_run ? " (dry run)" : "");
}

Json document_of_restoration(const Site& site, const Restoring& restoring, const backup::BackupContents& contents,
                             const queue::TaskFilter& filter, const queue::RestoreResult& result, std::size_t jobs) {
  Json document = commands::document_of("restoration");
  document["command"] = restoring.request.keep.command;
  document["dry_run"] = restoring.request.dry_run;
  if (!restoring.request.keep.reason.empty()) document["reason"] = restoring.request.keep.reason;
  document["site"] = site.to_json();
  document["undoes"] = restoring.undoes.empty() ? Json() : Json(restoring.undoes);
  document["backup"] = {{"path", restoring.file.path()},
                        {"created", contents.header.created},
                        {"command", contents.header.command},
                        {"complete", contents.complete}};
  document["filter"] = queue::json_of_filter(filter);
  Json& outcome = document["result"];
  document["backup"]["other_site"] = backup::another_system(contents.header.system, site.facts.system);
  outcome["restored"] = backup::total(result.restored);
  outcome["groups"] = Json::array();
  for (const auto& [key, count] : result.restored)
    outcome["groups"].push_back({{"actor", key.second}, {"state", key.first}, {"tasks", count}});
  outcome["other_rows"] = result.other_rows.total();
  outcome["rows"] = result.other_rows.to_json();
  outcome["were_running"] = Json::array();
  for (const auto& [actor, were] : result.were_running)
    outcome["were_running"].push_back({{"actor", actor}, {"tasks", were.tasks}, {"held", were.held}});
  outcome["left"] = {{"present", result.present},         {"not_chosen", result.passed_over},
                     {"conflicting", result.conflicting}, {"never_deleted", result.never_deleted},
                     {"waiting", result.waiting},         {"running", result.running},
                     {"not_reached", result.not_reached}, {"other_rows", result.other_left}};
  outcome["jobs"] = jobs;
  add_run(outcome, result);
  add_failure(outcome, result);
  return document;
}

queue::RestoreResult carry_out(const cli::Environment& environment, const Site& site, backup::BackupFile& file,
                               queue::RestoreOrders orders,
                               const std::vector<std::unique_ptr<session::Session>>& beside) {
  system::Interrupts& interrupts = environment.interrupts;
  const system::Interrupts::Grace grace(interrupts);
  ui::ProgressLine line(environment.terminal, environment.clock);
  const session::Database one = site.database();
  for (const auto& session : beside)
    orders.beside.push_back({*session, one.catalog, one.dialect, one.workers_gone, one.locks_tell});
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const queue::Progress& progress) {
    line.update(progress.deleted, progress.expected, state_words(interrupts, progress, "restoring"));
  };
  return queue::restore(site.database(), file, orders);
}

/// Whether a part of the backup may have been brought back before, from this machine.
bool restored_before(const backup::StateDirectory& state, const backup::HistoryEntry& entry) {
  return std::ranges::any_of(backup::read_history(state), [&](const backup::HistoryEntry& before) {
    return before.effect == Effect::restores && before.backup == entry.backup && before.same_site(entry) &&
           (!before.end || before.end->tasks > 0);
  });
}

/// Sessions beside the site's: no more than there are batches for.
std::size_t jobs_beside(const Restoring& restoring) {
  const std::size_t batches = restoring.file.contents().batches.size();
  if (restoring.request.dry_run || batches == 0) return 0;
  return std::min(static_cast<std::size_t>(restoring.request.jobs), batches) - 1;
}

/// What the history could not take does not undo the restoration, and must be said.
void note_end(const backup::StateDirectory& state, const std::string& id, queue::RestoreResult& result) {
  try {
    backup::end_history(
        state, id,
        {backup::total(result.restored), result.other_rows.total(), ending_word(result.ending), result.other_rows});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

/// In the history, and with --record where others can read it.
void keep_end(const cli::Environment& environment, const Site& site, const Restoring& restoring,
              const backup::HistoryEntry& entry, queue::RestoreResult& result) {
  note_end(environment.state, entry.id, result);
  if (restoring.request.keep.share)
    share(environment, restoring.request.site, site, entry, backup::total(result.restored), ending_word(result.ending));
}

int exit_status(const queue::RestoreResult& result) {
  if (result.ending == Ending::interrupted) return cli::kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.restored.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

}  // namespace

queue::TaskFilter filter_in_backup(const session::Database& database, queue::TaskChoice choice,
                                   const backup::BackupContents& contents) {
  std::set<std::string> actors;
  std::set<std::string> states;
  for (const auto& [key, count] : contents.tasks) {
    states.insert(key.first);
    actors.insert(key.second);
  }
  if (!choice.actors.empty()) choice.actors = queue::resolve_actors(choice.actors, {actors.begin(), actors.end()});
  queue::check_known("state", choice.states, {states.begin(), states.end()});
  const std::vector<std::string> resolved = choice.actors;
  choice.actors.clear();
  queue::TaskFilter filter = queue::resolve(database, choice);
  filter.actors = resolved;
  return filter;
}

void refuse_standby(const Site& site) {
  if (site.facts.standby)
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
}

int restore_with_questions(const cli::Environment& environment, const Cluster& cluster, Site& site,
                           Restoring& restoring) {
  ui::Terminal& terminal = environment.terminal;
  const bool dry_run = restoring.request.dry_run;
  refuse_standby(site);
  const backup::BackupContents& contents = restoring.file.contents();
  queue::RestoreOrders orders{.ways = {.selection = {},
                                       .as_rejected = restoring.request.as_rejected,
                                       .with_running = restoring.request.with_running,
                                       .dry_run = dry_run}};
  queue::TaskFilter filter;
  Timestamp now = 0;
  {
    const session::Transaction transaction(*site.session, kLooking);
    now = transaction.now();
    filter = filter_in_backup(site.database(), restoring.request.choice, contents);
    explain_filter(environment, restoring.request.site, filter);
    queue::check_target(site.database(), contents, restoring.request.drop_columns);
  }
  orders.ways.selection = {.filter = filter, .as_of = now};
  const std::string what =
      (queue::is_unconditional(filter) ? "all " : "") + queue::in_words(filter) + as_words(restoring);
  if (!dry_run && !restoring.request.ask && !restoring.request.other_site) refuse_other_site(contents.header, site);
  if (!dry_run && restoring.request.ask) {
    ui::check_can_ask(terminal, is_json(restoring.request.output), kNothingRestored);
    terminal.err(describe(terminal, site, restoring, contents, what));
    ui::ask_yes(terminal, environment.interrupts, {"Restore?", kNothingRestored});
    stay_entered(environment, restoring.request.site, site);
  }

  backup::HistoryEntry entry = entry_of(restoring.request.keep, site, what, backup::total(contents.tasks), now);
  entry.line = environment.command_line;
  entry.backup = restoring.file.path();
  // A part that was taken back leaves the rest to be taken back.
  if (restoring.request.choice.empty()) entry.of = restoring.undoes;
  const backup::StateDirectory& state = environment.state;
  orders.partly_restored = restored_before(state, entry);
  if (!dry_run) {
    state.prepare();
    backup::begin_history(state, entry);
  }
  const auto beside = open_beside(environment, cluster, site, jobs_beside(restoring));
  queue::RestoreResult result = carry_out(environment, site, restoring.file, orders, beside);
  if (!dry_run) keep_end(environment, site, restoring, entry, result);
  terminal.out(is_json(restoring.request.output)
                   ? as_json(restoring.request.output,
                             document_of_restoration(site, restoring, contents, filter, result, beside.size() + 1))
                   : describe_result(terminal, restoring, result, dry_run));
  if (result.failure && result.ending == Ending::failed) ui::print_error(terminal, *result.failure);
  return exit_status(result);
}

}  // namespace akqueue::commands
