#include "commands/repair/change_flow.hpp"

#include <set>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "commands/repair/change_deed.hpp"
#include "commands/repair/change_text.hpp"
#include "commands/repair/fate_watch.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/holders.hpp"
#include "commands/shared/share.hpp"
#include "queue/change/along.hpp"
#include "ui/errors.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

/// Whether this release's own retry takes what is done, if its message is there: until 2026.2. Not known: no.
bool retries_done(const std::string& version) {
  const auto dot = version.find('.');
  if (dot == std::string::npos) return false;
  const std::string year = version.substr(0, dot);
  const std::string month = version.substr(dot + 1, version.find('.', dot + 1) - dot - 1);
  return year == "2025" && (month == "8" || month == "10" || month == "12");
}

std::string otherwise_of(const ChangeRequest& request) {
  return "nothing was " + std::string(change_words(request.change).past);
}

/// Of what was previewed, only what failed in the ways that were chosen.
void narrow_to_errors(const session::Database& database, const ChangeRequest& request, Timestamp now,
                      ChangePreview& preview) {
  preview.errors = choose_errors(queue::group_by_error(database, preview.selection, preview.ways), request.errors);
  const bool all = request.canary > 0 && request.errors.empty();
  if (all) preview.errors.chosen.assign(preview.errors.groups.size(), true);
  if (!preview.errors.any()) return;
  queue::TaskFilter filter = preview.selection.filter;
  filter.ids = preview.errors.ids();
  filter.limit.reset();
  filter.keep_newest.reset();
  preview.selection = queue::pin(database, filter, now);
  preview.verdicts = queue::judge(database, preview.selection, preview.ways);
  if (all) return;
  std::vector<std::string> errors;
  for (std::size_t i = 0; i < preview.errors.groups.size(); ++i) {
    if (preview.errors.chosen[i]) errors.push_back("'" + preview.errors.groups[i].error + "'");
  }
  preview.failed_with = ", failed with " + listed_words(errors, "or");
  preview.what += preview.failed_with;
}

/// What was rejected with these. What of it is chosen as well is not left alone any more if it comes along.
void look_for_dependents(const session::Database& database, const ChangeRequest& request, ChangePreview& preview) {
  preview.along = queue::rejected_with(database, preview.selection, preview.ways);
  if (!request.with_dependents || preview.along.empty()) return;
  std::set<Uuid> along(preview.along.begin(), preview.along.end());
  queue::Selection chosen = preview.selection;
  if (chosen.filter.ids.empty()) chosen.filter.ids = preview.along;
  else std::erase_if(chosen.filter.ids, [&](const Uuid& id) { return !along.contains(id); });
  if (chosen.filter.ids.empty()) return;
  for (const queue::VerdictGroup& one : queue::judge(database, chosen, preview.ways).groups) {
    for (queue::VerdictGroup& group : preview.verdicts.groups) {
      if (group.verdict == one.verdict && group.state == one.state && group.actor == one.actor)
        group.tasks -= one.tasks;
    }
  }
  std::erase_if(preview.verdicts.groups, [](const queue::VerdictGroup& group) { return group.tasks == 0; });
}

bool is_about_orphans(queue::RowChange change) {
  return change == queue::RowChange::requeue || change == queue::RowChange::reject;
}

ChangePreview look_at_change(const cli::Environment& environment, const Site& site, const ChangeRequest& request) {
  const session::Transaction transaction(*site.session, kLooking);
  const Timestamp now = transaction.now();
  ChangePreview preview;
  const queue::TaskFilter filter = resolve_on(environment.terminal, site, request.choice);
  preview.filter = filter;
  explain_filter(environment, request.site, filter);
  const queue::Heartbeats heartbeats = queue::read_heartbeats(site.database(), now);
  if (is_about_orphans(request.change)) check_orphans_can_be_told(site, heartbeats);
  const session::Database database = queue::with_workers(site.database(), heartbeats);
  preview.workers_gone = database.workers_gone;
  preview.somebody_works = heartbeats.alive() > 0;
  preview.what = (queue::is_unconditional(filter) ? "all " : "") + queue::in_words(filter);
  preview.ways = {.change = request.change, .takes_done = retries_done(site.facts.authentik)};
  preview.selection = queue::pin(database, filter, now);
  preview.verdicts = queue::judge_here(database, preview.selection, preview.ways);
  if (is_about_orphans(request.change)) {
    preview.orphans = read_orphan_facts(database, preview.selection, preview.ways, heartbeats, now);
    const auto& others = preview.orphans->others;
    preview.verdicts.groups.insert(preview.verdicts.groups.end(), others.begin(), others.end());
  }
  if (request.by_error) narrow_to_errors(database, request, now, preview);
  if (request.change == queue::RowChange::retry) look_for_dependents(database, request, preview);
  return preview;
}

int exit_status_of(const queue::ChangeResult& result) {
  if (result.ending == Ending::interrupted) return cli::kInterruptedStatus;
  if (result.ending == Ending::complete) return 0;
  const bool part_done = !result.changed.empty() || result.in_doubt > 0;
  return error_kind(part_done ? ErrorCode::partial : result.failure->code()).exit_status;
}

void prepare_record(const cli::Environment& environment, const Site& site, const ChangeRequest& request,
                    ChangePreview& preview) {
  const std::string what = preview.what + (request.change == queue::RowChange::reject ? ", rejected" : "");
  preview.entry = entry_of(request.keep, site, what, preview.verdicts.taken(), preview.selection.as_of);
  preview.entry.line = environment.command_line;
  preview.record = plan_backup(environment.state, site, request.keep, preview.entry);
}

void ask_to_change(const cli::Environment& environment, const Site& site, const ChangeRequest& request,
                   const ChangePreview& preview) {
  ui::Terminal& terminal = environment.terminal;
  const std::string otherwise = otherwise_of(request);
  ui::check_can_ask(terminal, is_json(request.output), otherwise);
  terminal.err(describe_change(terminal, site, request, preview));
  std::string verb(change_words(request.change).verb);
  verb.front() = static_cast<char>(verb.front() - 'a' + 'A');
  ui::ask_yes(terminal, environment.interrupts,
              {ui::format_text("{} {}{}?", verb, count_of(preview.verdicts.taken(), "task", "tasks"),
                               change_words(request.change).after),
               otherwise});
}

/// The groups alone: which of them are to be retried is for a person to say.
int show_errors(ui::Terminal& terminal, const ChangeRequest& request, const ChangePreview& preview,
                const Json& document) {
  if (is_json(request.output)) {
    terminal.out(as_json(request.output, document));
  } else if (preview.errors.groups.empty()) {
    terminal.out(describe_no_change(terminal, request, preview));
  } else {
    terminal.out(draw_errors(terminal, preview.errors, false));
    terminal.err(
        ui::format_text("nothing was {}: --error NUMBER or --error TEXT chooses\n", change_words(request.change).past));
  }
  return 0;
}

/// What became of them, where that was asked for.
void follow_fates(const cli::Environment& environment, const Site& site, const ChangeRequest& request,
                  const std::vector<Uuid>& changed, Json& document) {
  if (request.follow.count() == 0 || changed.empty()) return;
  const FateWatch watch = watch_fates(environment, site, changed, request.follow);
  document["aftermath"] = json_of_fates(watch);
  if (!is_json(request.output)) environment.terminal.out(describe_fates(environment.terminal, watch));
}

}  // namespace

int change_with_questions(const cli::Environment& environment, const ChangeRequest& request) {
  Cluster cluster = open_cluster(environment, request.site);
  Site site = enter(environment, cluster, look_around(environment, cluster));
  ui::Terminal& terminal = environment.terminal;
  const bool machine = is_json(request.output);
  if (site.facts.standby && !request.dry_run)
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
  ChangePreview preview = look_at_change(environment, site, request);
  Json document = document_of_change(site, request, preview);
  if (request.by_error && request.errors.empty() && request.canary == 0)
    return show_errors(terminal, request, preview, document);
  const bool nothing = preview.verdicts.taken() == 0;
  if (nothing || request.dry_run) {
    const ui::Text text =
        nothing ? describe_no_change(terminal, request, preview) : describe_dry_run(terminal, site, request, preview);
    terminal.out(machine ? as_json(request.output, document) : text);
    return 0;
  }
  prepare_record(environment, site, request, preview);
  if (request.ask) {
    ask_to_change(environment, site, request, preview);
    stay_entered(environment, request.site, site);
  }
  Recorder recorder(environment.state, site, preview.record, preview.entry);
  const ChangeDeed deed = carry_out_change(environment, site, request, preview, recorder);
  const queue::ChangeResult& result = deed.result;
  if (request.keep.share)
    share(environment, request.site, site, preview.entry, backup::total(result.changed), ending_word(result.ending));
  add_result(document, deed, recorder);
  if (!machine) terminal.out(describe_changed(terminal, request, preview, deed, recorder));
  if (result.ending == Ending::complete) follow_fates(environment, site, request, deed.changed, document);
  if (machine) terminal.out(as_json(request.output, document));
  if (result.failure && result.ending == Ending::failed) ui::print_error(terminal, *result.failure);
  return exit_status_of(result);
}

}  // namespace akqueue::commands
