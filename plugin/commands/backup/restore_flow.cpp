#include "commands/backup/restore_flow.hpp"

#include <algorithm>
#include <set>

#include "backup/system_id.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/tally_table.hpp"
#include "queue/change/restore_target.hpp"
#include "queue/filter/name_resolution.hpp"
#include "system/paths.hpp"
#include "ui/errors.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

/// Names are looked for among those of the backup: the site may have forgotten them.
TaskFilter filter_of(const Database& database, TaskChoice choice, const BackupContents& contents) {
  std::set<std::string> actors;
  std::set<std::string> states;
  for (const auto& [key, count] : contents.tasks) {
    states.insert(key.first);
    actors.insert(key.second);
  }
  if (!choice.actors.empty()) choice.actors = resolve_actors(choice.actors, {actors.begin(), actors.end()});
  check_known("state", choice.states, {states.begin(), states.end()});
  const std::vector<std::string> resolved = choice.actors;
  choice.actors.clear();
  TaskFilter filter = resolve(database, choice);
  filter.actors = resolved;
  return filter;
}

std::string as_words(const Restoring& restoring) {
  return restoring.request.as_rejected ? ", unfinished ones as rejected" : "";
}

std::string describe(const Terminal& terminal, const Site& site, const Restoring& restoring,
                     const BackupContents& contents, const std::string& what) {
  const BackupHeader& header = contents.header;
  std::string text = "backup " + visible(restoring.file.path()) + "\n";
  text += "of " + visible(header.created.substr(0, 19)) + "Z, " + visible(header.command) + ": " +
          visible(header.filter) + "\n";
  if (!header.reason.empty()) text += "reason: " + visible(header.reason) + "\n";
  text += "from " + (header.context.empty() ? "" : "context " + visible(header.context) + ", ") + "namespace " +
          visible(header.name_space) + ", database " + visible(header.database) + "\n";
  if (another_system(header.system, site.facts.system))
    text += terminal.warning("It was taken from another database than this one, whatever both are called.") + "\n";
  if (!contents.complete)
    text += terminal.warning("The command that wrote it was cut short; what it had deleted is in it.") + "\n";
  text += "\n" + draw_tally(terminal, contents.tasks, "TASKS") + "\n";
  text += "restores: " + visible(what) + "\n";
  return text + "into " + site.where() + ", database " + visible(site.facts.database) + "\n";
}

/// Nobody is asked: what a person would be warned of is refused.
void refuse_other_site(const BackupHeader& header, const Site& site) {
  if (!another_system(header.system, site.facts.system)) return;
  throw Error(
      ErrorCode::refused,
      "the backup was taken from another database than this one (" + header.system + ", not " + site.facts.system + ")",
      "is this the right context and namespace? --other-site restores it all the same");
}

std::string left_words(const RestoreResult& result) {
  std::string words;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) words += (words.empty() ? "" : ", ") + with_separators(count) + " " + why;
  };
  add(result.present, "there already");
  add(result.passed_over, "not chosen");
  add(result.conflicting, "that a unique index does not let in");
  add(result.waiting, "that wait for tasks which are not there");
  add(result.never_deleted, "whose deletion was never committed");
  return words;
}

/// What is in the backup alone, and what brings it back.
std::string missing_words(const Restoring& restoring, const RestoreResult& result) {
  if (result.missing() == 0) return {};
  const std::string again =
      restoring.undoes.empty() ? "kubectl akqueue restore " + visible(restoring.file.path()) : "kubectl akqueue undo";
  return "still in the backup alone: " + count_of(result.missing(), "task", "tasks") + "; " + again +
         " brings back what can be brought back then\n";
}

std::string describe_result(const Terminal& terminal, const Restoring& restoring, const RestoreResult& result,
                            bool dry_run) {
  std::string text = draw_tally(terminal, result.restored, "RESTORED");
  if (!text.empty()) text += "\n";
  const std::string left = left_words(result);
  if (!left.empty()) text += "left alone: " + left + "\n";
  if (result.other_left > 0)
    text += "left out: " + count_of(result.other_left, "row", "rows") + " of other tables, whose tasks are not there\n";
  if (result.in_doubt > 0) {
    text += "in doubt: " + count_of(result.in_doubt, "task", "tasks") +
            " of the last batch, whose commit was never confirmed; run it again to see\n";
  }
  if (!dry_run) text += missing_words(restoring, result);
  return text + (dry_run ? "would restore " : "restored ") + count_of(total(result.restored), "task", "tasks") +
         " and " + count_of(result.other_rows, "other row", "other rows") + " in " + format_took(result.took.count()) +
         ": " + ending_word(result.ending) + (dry_run ? " (dry run)" : "") + "\n";
}

Json document_of_restoration(const Invocation& invocation, const Site& site, const Restoring& restoring,
                             const BackupContents& contents, const TaskFilter& filter, const RestoreResult& result) {
  Json document = akqueue::document_of("restoration");
  document["command"] = invocation.command.name;
  document["dry_run"] = restoring.request.dry_run;
  if (!restoring.request.reason.empty()) document["reason"] = restoring.request.reason;
  document["site"] = site.to_json();
  document["backup"] = {{"path", restoring.file.path()},
                        {"created", contents.header.created},
                        {"command", contents.header.command},
                        {"complete", contents.complete}};
  document["filter"] = json_of_filter(filter);
  Json& outcome = document["result"];
  document["backup"]["other_site"] = another_system(contents.header.system, site.facts.system);
  outcome["restored"] = total(result.restored);
  outcome["groups"] = Json::array();
  for (const auto& [key, count] : result.restored)
    outcome["groups"].push_back({{"actor", key.second}, {"state", key.first}, {"tasks", count}});
  outcome["other_rows"] = result.other_rows;
  outcome["left"] = {{"present", result.present},         {"not_chosen", result.passed_over},
                     {"conflicting", result.conflicting}, {"never_deleted", result.never_deleted},
                     {"waiting", result.waiting},         {"not_reached", result.not_reached},
                     {"other_rows", result.other_left}};
  outcome["in_doubt"] = result.in_doubt;
  outcome["batches"] = result.batches;
  outcome["longest_transaction_ms"] = result.longest.count();
  outcome["took_ms"] = result.took.count();
  outcome["ending"] = ending_word(result.ending);
  if (result.failure)
    outcome["error"] = {{"code", error_kind(result.failure->code()).name}, {"message", result.failure->what()}};
  return document;
}

RestoreResult carry_out(const Invocation& invocation, const Site& site, BackupFile& file, RestoreOrders orders) {
  Interrupts& interrupts = invocation.environment.interrupts;
  const Interrupts::Grace grace(interrupts);
  ProgressLine line(invocation.environment.terminal, invocation.environment.clock);
  orders.stop = [&] { return interrupts.requested(); };
  orders.progress = [&](const Progress& progress) {
    line.update(progress.deleted, progress.expected, interrupts.requested() ? "ending after this batch" : "restoring");
  };
  return restore(site.database(), file, orders);
}

/// Whether a part of the backup may have been brought back before, from this machine.
bool restored_before(const StateDirectory& state, const HistoryEntry& entry) {
  return std::ranges::any_of(read_history(state), [&](const HistoryEntry& before) {
    return before.effect == Effect::restores && before.backup == entry.backup && before.same_site(entry) &&
           (!before.end || before.end->tasks > 0);
  });
}

/// What the history could not take does not undo the restoration, and must be said.
void note_end(const StateDirectory& state, const std::string& id, RestoreResult& result) {
  try {
    end_history(state, id, {total(result.restored), result.other_rows, ending_word(result.ending)});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

int exit_status(const RestoreResult& result) {
  if (result.ending == Ending::interrupted) return kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.restored.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

}  // namespace

RestoreRequest read_restore_request(const Options& options) {
  return {.choice = read_choice(options, {.ids = false, .limit = false}),
          .as_rejected = options.has("as-rejected"),
          .drop_columns = options.has("drop-columns"),
          .other_site = options.has("other-site"),
          .dry_run = options.has("dry-run"),
          .ask = !options.has("yes"),
          .reason = options.text("reason")};
}

void refuse_standby(const Site& site) {
  if (site.facts.standby)
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
}

int restore_with_questions(const Invocation& invocation, const Site& site, Restoring& restoring) {
  Terminal& terminal = invocation.environment.terminal;
  const bool dry_run = restoring.request.dry_run;
  refuse_standby(site);
  const BackupContents& contents = restoring.file.contents();
  RestoreOrders orders{.ways = {.selection = {}, .as_rejected = restoring.request.as_rejected, .dry_run = dry_run}};
  TaskFilter filter;
  Timestamp now = 0;
  {
    const Transaction transaction(*site.session, kLooking);
    now = transaction.now();
    filter = filter_of(site.database(), restoring.request.choice, contents);
    explain_filter(invocation, filter);
    check_target(site.database(), contents, restoring.request.drop_columns);
  }
  orders.ways.selection = {.filter = filter, .as_of = now};
  const std::string what = in_words(filter) + as_words(restoring);
  if (!dry_run && !restoring.request.ask && !restoring.request.other_site) refuse_other_site(contents.header, site);
  if (!dry_run && restoring.request.ask) {
    check_can_ask(terminal, invocation.machine_output());
    terminal.err(describe(terminal, site, restoring, contents, what));
    ask_yes(terminal, invocation.environment.interrupts, {"Restore?", "nothing was restored"});
  }

  HistoryEntry entry = entry_of(invocation.command, site, what, total(contents.tasks), now);
  entry.reason = restoring.request.reason;
  entry.backup = restoring.file.path();
  // A part that was taken back leaves the rest to be taken back.
  if (restoring.request.choice.empty()) entry.of = restoring.undoes;
  const StateDirectory& state = invocation.environment.state;
  orders.partly_restored = restored_before(state, entry);
  if (!dry_run) {
    state.prepare();
    begin_history(state, entry);
  }
  RestoreResult result = carry_out(invocation, site, restoring.file, orders);
  if (!dry_run) note_end(state, entry.id, result);
  terminal.out(invocation.machine_output()
                   ? as_json(invocation, document_of_restoration(invocation, site, restoring, contents, filter, result))
                   : describe_result(terminal, restoring, result, dry_run));
  if (result.failure && result.ending == Ending::failed) print_error(terminal, *result.failure);
  return exit_status(result);
}

std::vector<Option> restore_options() {
  std::vector<Option> options = restoring_options();
  options.push_back({"other-site", 0, "", "with --yes: even though the backup was taken from another database"});
  return options;
}

std::vector<Option> restoring_options() {
  std::vector<Option> options{
      {"as-rejected", 0, "", "bring unfinished tasks back as rejected: no worker runs them until they are retried"},
      {"drop-columns", 0, "", "leave out what is in columns that this site's tables lack"}};
  // What asks the site's log or counts by age in the table means nothing for rows in a file.
  for (const Option& option : choosing_options({"log", "keep-newest", "limit", "expired", "filename"}))
    options.push_back(option);
  return options;
}

}  // namespace akqueue
