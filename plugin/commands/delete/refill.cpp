#include "commands/delete/refill.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr auto kUsualTime = std::chrono::seconds(60);
/// A queue that nothing came into for less than this may be refilling all the same.
constexpr std::int64_t kTooSoon = 30;
constexpr std::size_t kTold = 2;

std::string tail_of(const std::string& actor) { return visible(actor.substr(actor.rfind('.') + 1)); }

/// The two that came most.
std::string comers(const Flow& flow) {
  std::vector<ActorFlow> actors = flow.actors;
  std::ranges::stable_sort(actors, std::greater<>(), &ActorFlow::came);
  std::string words;
  for (std::size_t i = 0; i < actors.size() && i < kTold && actors[i].came > 0; ++i) {
    words += (words.empty() ? "" : ", ") + tail_of(actors[i].actor) + " " + with_separators(actors[i].came);
  }
  return words;
}

std::string refilling_line(const Refill& aftermath) {
  const std::string span = format_age(std::max<std::int64_t>(aftermath.since_s, 1));
  if (aftermath.flow.came() == 0) {
    const std::string nothing = "nothing that waits has come in the " + span + " since the preview";
    return aftermath.since_s < kTooSoon
               ? "refilling: too soon to tell; " + nothing + " (kubectl akqueue watch looks on)"
               : "refilling: no, " + nothing;
  }
  return "refilling: " + with_separators(aftermath.flow.came()) + " came in the " + span + " since the preview (" +
         comers(aftermath.flow) + ")";
}

std::string by_schedule(const Refill& aftermath) {
  std::string words;
  for (std::size_t i = 0; i < aftermath.schedules.size() && i < kTold; ++i) {
    const Schedule& schedule = aftermath.schedules[i];
    words += (words.empty() ? "" : ", ") + tail_of(schedule.actor);
    if (!schedule.next_run) continue;
    const std::int64_t seconds = (*schedule.next_run - aftermath.now) / kSecond;
    words += seconds > 0 ? " in " + format_age(seconds) : " is due now";
  }
  if (words.empty()) return "nothing by schedule";
  if (aftermath.schedules.size() > kTold) words += ", " + std::to_string(aftermath.schedules.size() - kTold) + " more";
  return "by schedule " + words;
}

}  // namespace

bool takes_outpost_updates(const SelectionCounts& survey) {
  return std::ranges::any_of(survey.groups, [](const Group& group) {
    if (std::ranges::find(task_state::kFinished, group.state) != task_state::kFinished.end()) return false;
    return group.actor.ends_with(".outpost_send_update") || group.actor.ends_with(".outpost_controller");
  });
}

Refill look_after(const Site& site, const Preview& preview) {
  const Transaction transaction(*site.session, kLooking);
  const Timestamp now = transaction.now();
  return {(now - preview.selection.as_of) / kSecond, read_flow_since(site.database(), preview.selection.as_of, now),
          preview.schedules, takes_outpost_updates(preview.survey), now};
}

std::string describe(const Refill& aftermath) {
  std::string text = refilling_line(aftermath) + "\ncomes back: " + by_schedule(aftermath);
  if (aftermath.outposts) text += "; by hand: updates to outposts (save the outpost in the admin UI, or restart it)";
  return text + "\n";
}

Json json_of(const Refill& aftermath) {
  Json document{{"since_s", aftermath.since_s},
                {"came", aftermath.flow.came()},
                {"actors", Json::array()},
                {"by_schedule", Json::array()},
                {"by_hand", Json::array()}};
  for (const ActorFlow& actor : aftermath.flow.actors)
    document["actors"].push_back({{"actor", actor.actor}, {"came", actor.came}});
  for (const Schedule& schedule : aftermath.schedules)
    document["by_schedule"].push_back({{"actor", schedule.actor}, {"next_run", to_json(schedule.next_run)}});
  if (aftermath.outposts) document["by_hand"].push_back("outposts");
  return document;
}

std::chrono::seconds follow_time(const Options& options, bool always) {
  if (const auto given = options.value("follow-for"))
    return std::chrono::seconds(*given == "0" || *given == "0s" ? 0 : parse_duration(*given));
  return always || options.has("follow") ? kUsualTime : std::chrono::seconds(0);
}

std::vector<Option> with_following(std::vector<Option> own) {
  own.push_back({"follow", 0, "", "afterwards, watch for a minute whether the queue refills"});
  own.push_back({"follow-for", 0, "DURATION", "watch for this long"});
  return own;
}

}  // namespace akqueue
