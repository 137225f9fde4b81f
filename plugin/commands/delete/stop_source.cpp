#include "commands/delete/stop_source.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "akqueue/tasks.hpp"
#include "commands/schedules/schedule_deed.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "queue/measure/schedule_runs.hpp"

namespace akqueue::commands {
namespace {

/// What makes tasks without a schedule, by a part of the actor's name.
struct KnownSource {
  std::string_view part;
  std::string_view what;
  std::string_view where;
};

constexpr std::array<KnownSource, 9> kKnownSources{{
    {".outposts.tasks.", "updates to outposts",
     "Applications, Outposts: every change of an outpost, or of a provider that it has, sends one"},
    {".sources.ldap.", "an LDAP source",
     "Directory, Federation and Social login: the source's Enabled, and what it syncs"},
    {".sources.kerberos.", "a Kerberos source",
     "Directory, Federation and Social login: the source's Enabled, and what it syncs"},
    {".providers.scim.", "a SCIM provider", "Applications: take it off the application's backchannel providers"},
    {".google_workspace.", "a Google Workspace provider",
     "Applications: take it off the application's backchannel providers"},
    {".microsoft_entra.", "a Microsoft Entra provider",
     "Applications: take it off the application's backchannel providers"},
    {".blueprints.", "blueprints", "Customization, Blueprints: the instance's Enabled"},
    {".events.tasks.event_trigger", "events", "Events, Notification Rules: every event is looked at for each of them"},
    {".stages.email.", "mails", "Flows and Stages, Stages: the email stages"},
}};

std::vector<Sources::Other> others_of(const std::set<std::string>& actors) {
  std::vector<Sources::Other> others;
  for (const KnownSource& known : kKnownSources) {
    const bool goes = std::ranges::any_of(
        actors, [&](const std::string& actor) { return actor.find(known.part) != std::string::npos; });
    if (goes) others.push_back({std::string(known.what), std::string(known.where)});
  }
  return others;
}

}  // namespace

Sources find_sources(const Site& site, const queue::Selection& selection, const queue::SelectionCounts& going) {
  const session::Database database = site.database();
  std::set<std::string> actors;
  for (const queue::Group& group : going.groups) {
    const bool over = std::ranges::find(task_state::kFinished, group.state) != task_state::kFinished.end();
    if (!over) actors.insert(group.actor);
  }
  Sources sources{
      .ways = {.change = queue::ScheduleChange::pause}, .others = others_of(actors), .now = selection.as_of};
  sources.ways.keeps_pauses = queue::keeps_pauses(database, site.facts.authentik);
  const std::set<Uuid> behind = queue::schedules_behind(database, selection);
  std::vector<queue::Schedule> schedules = queue::read_schedules(database);
  std::set<std::string> known;  // actors of which it is known which schedule it was
  for (const queue::Schedule& one : schedules) {
    if (behind.contains(one.id)) known.insert(one.actor);
  }
  std::erase_if(schedules, [&](const queue::Schedule& one) {
    return !actors.contains(one.actor) || (known.contains(one.actor) && !behind.contains(one.id));
  });
  sources.schedules = queue::judge_schedules(schedules, sources.ways, selection.as_of);
  return sources;
}

ui::Text describe_sources(const ui::Terminal& terminal, const Sources& sources) {
  ui::Text text = "\n";
  if (sources.schedules.empty()) text += "no schedule makes what is unfinished of these\n";
  else
    text +=
        (changing(sources.schedules) > 0 ? ui::Text("pauses first, until kubectl akqueue undo or schedules resume:\n")
                                         : ui::Text()) +
        draw_verdicts(terminal, sources.schedules, sources.now);
  for (const Sources::Other& other : sources.others)
    text += ui::format_text("not stopped: {}\n  in the admin UI: {}\n", other.what, other.where);
  return text + "\n";
}

Json json_of_sources(const Sources& sources) {
  Json document{{"schedules", json_of_verdicts(sources.schedules, sources.now)}, {"others", Json::array()}};
  for (const Sources::Other& other : sources.others)
    document["others"].push_back({{"what", other.what}, {"where", other.where}});
  return document;
}

StoppedSources stop_sources(const cli::Environment& environment, const Site& site, KeepRequest keep,
                            const Sources& sources) {
  StoppedSources stopped;
  if (changing(sources.schedules) == 0) return stopped;
  keep.effect = Effect::changes;
  keep.change = queue::schedule_change_name(sources.ways.change);
  keep.command += " --stop-source";
  keep.backup = true;
  keep.file.clear();
  keep.include_running = false;
  const SchedulePlan plan = plan_schedules(environment, site, keep, sources.schedules, sources.now);
  const RecordedSchedules done = change_recorded(environment, site, plan, sources.schedules, sources.ways);
  if (done.deed.failure) throw *done.deed.failure;
  if (done.changed() == 0) return stopped;
  stopped.id = plan.entry.id;
  for (const queue::ScheduleVerdict& one : done.deed.verdicts) {
    if (one.after) stopped.schedules.push_back(short_schedule(one.schedule));
  }
  return stopped;
}

}  // namespace akqueue::commands
