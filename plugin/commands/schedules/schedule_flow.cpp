#include "commands/schedules/schedule_flow.hpp"

#include "akqueue/crontab.hpp"
#include "commands/schedules/schedule_deed.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "commands/shared/batch_words.hpp"
#include "commands/shared/share.hpp"
#include "queue/filter/schedule_choice.hpp"
#include "queue/measure/schedule_runs.hpp"
#include "queue/release.hpp"
#include "ui/errors.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

constexpr int kNextTimes = 5;

struct ScheduleWords {
  std::string_view verb;   ///< `pause`
  std::string_view third;  ///< `pauses`
  std::string_view past;   ///< `paused`
};

ScheduleWords schedule_words(queue::ScheduleChange change) {
  switch (change) {
    case queue::ScheduleChange::pause: return {"pause", "pauses", "paused"};
    case queue::ScheduleChange::hold: return {"hold", "holds", "held"};
    case queue::ScheduleChange::resume: return {"resume", "resumes", "resumed"};
    case queue::ScheduleChange::run: return {"run", "runs", "started"};
    case queue::ScheduleChange::crontab: return {"change", "changes", "changed"};
  }
  return {};
}

struct SchedulePreview {
  queue::ScheduleWays ways;
  std::vector<queue::ScheduleVerdict> verdicts;
  std::vector<std::string> blocked = {};  ///< of those that are to run: they have an unfinished task
  Timestamp now = 0;
  SchedulePlan plan = {};
};

/// From 2026.2 on the scheduler passes over what has an unfinished task.
std::vector<std::string> blocked_among(const Site& site, const std::vector<queue::ScheduleVerdict>& verdicts) {
  std::vector<std::string> names;
  if (queue::release_number(site.facts.authentik).value_or(queue::kSkipsUnfinished) < queue::kSkipsUnfinished)
    return names;
  const auto runs = queue::read_schedule_runs(site.database());
  for (const queue::ScheduleVerdict& one : verdicts) {
    const auto found = runs.find(one.schedule.id);
    if (one.after && found != runs.end() && found->second.unfinished > 0)
      names.push_back(short_schedule(one.schedule) + " (" + with_separators(found->second.unfinished) + ")");
  }
  return names;
}

SchedulePreview look_at_schedules(const Site& site, const ScheduleRequest& request) {
  const session::Transaction transaction(*site.session, kLooking);
  SchedulePreview preview{.ways = request.ways, .verdicts = {}, .now = transaction.now()};
  const std::vector<queue::Schedule> known = queue::read_schedules(site.database());
  preview.ways.keeps_pauses = queue::keeps_pauses(site.database(), site.facts.authentik);
  preview.verdicts = queue::judge_schedules(request.all ? known : queue::schedules_meant(request.named, known),
                                            preview.ways, preview.now);
  if (preview.ways.change == queue::ScheduleChange::run) preview.blocked = blocked_among(site, preview.verdicts);
  return preview;
}

/// Each on a line.
ui::Text next_times(const std::string& line, Timestamp now) {
  const auto crontab = Crontab::parse(line);
  ui::Text text;
  int told = 0;
  for (auto at = crontab ? crontab->next(now) : std::nullopt; at && told < kNextTimes; at = crontab->next(*at), ++told)
    text += ui::format_text("{}{}\n", told == 0 ? "its next times: " : "                ", short_time(*at));
  return text;
}

ui::Text outlook_of(const Site& site, const SchedulePreview& preview) {
  const queue::ScheduleWays& ways = preview.ways;
  switch (ways.change) {
    case queue::ScheduleChange::pause:
      if (ways.keeps_pauses) return "no more tasks until kubectl akqueue schedules resume\n";
      return ui::format_text(
          "no more tasks until kubectl akqueue schedules resume\n"
          "authentik {} forgets a pause when a worker starts: the next run is put into\n"
          "the year 2999 instead, which the admin UI does not call paused\n",
          site.facts.authentik);
    case queue::ScheduleChange::hold:
      return ui::format_text(
          "no tasks before {}; then by the crontab again, without anybody's help\n"
          "the admin UI does not call that paused: it shows the next run\n",
          short_time(preview.now + ways.hold_s * kSecond));
    case queue::ScheduleChange::resume: return "by the crontab again; what was missed is not made up for\n";
    case queue::ScheduleChange::run:
      return preview.blocked.empty()
                 ? ui::Text("the scheduler is woken, and makes the task at once; afterwards by the crontab\n")
                 : ui::format_text(
                       "it has unfinished tasks, and is passed over until these are done: {}\n"
                       "kubectl akqueue schedules show tells which\n",
                       joined(preview.blocked));
    case queue::ScheduleChange::crontab: return next_times(ways.crontab, preview.now);
  }
  return {};
}

ui::Text body_of_schedules(const ui::Terminal& terminal, const Site& site, const SchedulePreview& preview) {
  return draw_verdicts(terminal, preview.verdicts, preview.now) + "\n" + outlook_of(site, preview) +
         ui::format_text("{}, database {}\n", site.where(), site.facts.database);
}

Json document_of_schedules(const Site& site, const ScheduleRequest& request, const SchedulePreview& preview) {
  Json document = document_of("schedule_change");
  document["command"] = request.keep.command;
  document["change"] = queue::schedule_change_name(preview.ways.change);
  document["dry_run"] = request.dry_run;
  if (!request.keep.reason.empty()) document["reason"] = request.keep.reason;
  document["site"] = site.to_json();
  document["now"] = format_timestamp(preview.now);
  document["schedules"] = json_of_verdicts(preview.verdicts, preview.now);
  return document;
}

void add_deed(Json& document, const SchedulePreview& preview, const RecordedSchedules& done) {
  const queue::ScheduleDeed& deed = done.deed;
  document["schedules"] = json_of_verdicts(deed.verdicts.empty() ? preview.verdicts : deed.verdicts, preview.now);
  Json& outcome = document["result"];
  outcome["changed"] = done.changed();
  outcome["in_doubt"] = deed.in_doubt ? changing(deed.verdicts) : 0;
  outcome["ending"] = ending_word(done.ending);
  outcome["record"] = done.record.empty() ? Json() : Json{{"path", done.record}, {"bytes", done.bytes}};
  add_failure(outcome, deed);
}

ui::Text describe_schedules_changed(const ui::Terminal& terminal, const ScheduleRequest& request,
                                    const SchedulePreview& preview, const RecordedSchedules& done) {
  const queue::ScheduleDeed& deed = done.deed;
  ui::Text text = draw_verdicts(terminal, deed.verdicts, preview.now);
  if (!text.empty()) text += "\n";
  if (deed.in_doubt)
    text += ui::format_text("in doubt: {}, whose commit was never confirmed; kubectl akqueue schedules shows them\n",
                            count_of(changing(deed.verdicts), "schedule", "schedules"));
  text += ui::format_text("{} {}: {}\n", schedule_words(preview.ways.change).past,
                          count_of(done.changed(), "schedule", "schedules"), ending_word(done.ending));
  if (!done.record.empty()) text += ui::format_text("record: {}; kubectl akqueue undo takes it back\n", done.record);
  if (!request.keep.reason.empty()) text += ui::format_text("reason: {}\n", request.keep.reason);
  return text;
}

void ask_about_schedules(const cli::Environment& environment, const Site& site, const ScheduleRequest& request,
                         const SchedulePreview& preview) {
  ui::Terminal& terminal = environment.terminal;
  const ScheduleWords words = schedule_words(preview.ways.change);
  const std::string otherwise = "nothing was changed";
  ui::check_can_ask(terminal, is_json(request.output), otherwise);
  const std::string named = named_schedules(preview.verdicts);
  terminal.err(terminal.strong(ui::format_text("This {} {}.", words.third, named)) + "\n\n" +
               body_of_schedules(terminal, site, preview) +
               ui::format_text("record of the former rows: {}\n", preview.plan.record.path));
  std::string verb(words.verb);
  verb.front() = static_cast<char>(verb.front() - 'a' + 'A');
  ui::ask_yes(terminal, environment.interrupts, {ui::format_text("{} {}?", verb, named), otherwise});
}

int status_of_schedules(const RecordedSchedules& done) {
  if (done.ending == Ending::complete) return 0;
  if (done.ending == Ending::interrupted) return cli::kInterruptedStatus;
  return error_kind(done.deed.in_doubt ? ErrorCode::partial : done.deed.failure->code()).exit_status;
}

int carry_out_schedules(const cli::Environment& environment, const Site& site, const ScheduleRequest& request,
                        const SchedulePreview& preview, Json& document) {
  ui::Terminal& terminal = environment.terminal;
  const RecordedSchedules done = change_recorded(environment, site, preview.plan, preview.verdicts, preview.ways);
  if (request.keep.share && !done.record.empty())
    share(environment, request.site, site, preview.plan.entry, done.changed(), ending_word(done.ending));
  add_deed(document, preview, done);
  terminal.out(is_json(request.output) ? as_json(request.output, document)
                                       : describe_schedules_changed(terminal, request, preview, done));
  if (done.deed.failure && done.ending == Ending::failed) ui::print_error(terminal, *done.deed.failure);
  return status_of_schedules(done);
}

}  // namespace

ScheduleRequest read_schedule_request(const cli::Invocation& invocation, queue::ScheduleWays ways) {
  const Options& options = invocation.options;
  ScheduleRequest request;
  request.site = read_site_request(options, invocation.command.effect);
  request.named = options.arguments();
  request.all = options.has("all");
  if (request.named.empty() && !request.all)
    throw Error(ErrorCode::usage, invocation.command.full_name() + " needs a schedule",
                "kubectl akqueue schedules lists them");
  if (request.all && !request.named.empty())
    throw Error(ErrorCode::usage, "--all can't be used with a schedule", "leave out one of them");
  request.ways = std::move(ways);
  request.dry_run = options.has("dry-run");
  request.ask = !options.has("yes");
  request.keep = read_keep_request(options, invocation.command);
  request.keep.change = queue::schedule_change_name(request.ways.change);
  request.output = read_output(options);
  return request;
}

int change_schedules_with_questions(const cli::Environment& environment, const ScheduleRequest& request) {
  Site site = enter(environment, request.site);
  ui::Terminal& terminal = environment.terminal;
  if (site.facts.standby && !request.dry_run)
    throw Error(ErrorCode::refused, "the database is a standby: it can be looked at, not changed",
                "authentik's configuration of this pod points to a read replica");
  SchedulePreview preview = look_at_schedules(site, request);
  Json document = document_of_schedules(site, request, preview);
  const ScheduleWords words = schedule_words(preview.ways.change);
  const bool nothing = changing(preview.verdicts) == 0;
  if (nothing || request.dry_run) {
    const ui::Text text =
        nothing
            ? draw_verdicts(terminal, preview.verdicts, preview.now) + ui::format_text("nothing to {}\n", words.verb)
            : ui::format_text("would {} {} (dry run)\n\n", words.verb, named_schedules(preview.verdicts)) +
                  body_of_schedules(terminal, site, preview);
    terminal.out(is_json(request.output) ? as_json(request.output, document) : text);
    return 0;
  }
  preview.plan = plan_schedules(environment, site, request.keep, preview.verdicts, preview.now);
  if (request.ask) {
    ask_about_schedules(environment, site, request, preview);
    stay_entered(environment, request.site, site);
  }
  return carry_out_schedules(environment, site, request, preview, document);
}

}  // namespace akqueue::commands
