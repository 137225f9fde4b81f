#include "commands/delete/refill.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::commands {
namespace {

/// A queue that nothing came into for less than this may be refilling all the same.
constexpr std::int64_t kTooSoon = 30;
constexpr std::size_t kTold = 2;

/// The two that came most.
ui::Text comers(const queue::Flow& flow) {
  std::vector<queue::ActorFlow> actors = flow.actors;
  std::ranges::stable_sort(actors, std::greater<>(), &queue::ActorFlow::came);
  std::vector<ui::Text> words;
  for (std::size_t i = 0; i < actors.size() && i < kTold && actors[i].came > 0; ++i)
    words.push_back(ui::format_text("{} {}", short_name(actors[i].actor), with_separators(actors[i].came)));
  return ui::joined(words);
}

ui::Text refilling_line(const Refill& refill) {
  const std::string span = format_age(std::max<std::int64_t>(refill.since_s, 1));
  if (refill.flow.came() > 0) {
    return ui::format_text("refilling: {} came in the {} since the preview ({})", with_separators(refill.flow.came()),
                           span, comers(refill.flow));
  }
  const ui::Text nothing = ui::format_text("nothing that waits has come in the {} since the preview", span);
  return refill.since_s < kTooSoon
             ? ui::format_text("refilling: too soon to tell; {} (kubectl akqueue watch looks on)", nothing)
             : ui::format_text("refilling: no, {}", nothing);
}

ui::Text by_schedule(const Refill& refill) {
  std::vector<ui::Text> words;
  for (std::size_t i = 0; i < refill.schedules.size() && i < kTold; ++i) {
    const queue::Schedule& schedule = refill.schedules[i];
    words.emplace_back(short_name(schedule.actor));
    if (!schedule.next_run) continue;
    const std::int64_t seconds = (*schedule.next_run - refill.now) / kSecond;
    words.back() += seconds > 0 ? ui::format_text(" in {}", format_age(seconds)) : " is due now";
  }
  if (words.empty()) return "nothing by schedule";
  if (refill.schedules.size() > kTold) words.push_back(ui::format_text("{} more", refill.schedules.size() - kTold));
  return ui::format_text("by schedule {}", ui::joined(words));
}

}  // namespace

bool takes_outpost_updates(const queue::SelectionCounts& counts) {
  return std::ranges::any_of(counts.groups, [](const queue::Group& group) {
    if (std::ranges::find(task_state::kFinished, group.state) != task_state::kFinished.end()) return false;
    return group.actor.ends_with(".outpost_send_update") || group.actor.ends_with(".outpost_controller");
  });
}

Refill look_after(const Site& site, const Preview& preview) {
  const session::Transaction transaction(*site.session, kLooking);
  const Timestamp now = transaction.now();
  return {(now - preview.selection.as_of) / kSecond,
          queue::read_flow_since(site.database(), preview.selection.as_of, now), preview.schedules,
          takes_outpost_updates(preview.counts), now};
}

ui::Text describe(const Refill& refill) {
  ui::Text text = ui::format_text("{}\ncomes back: {}", refilling_line(refill), by_schedule(refill));
  if (refill.outposts) text += "; by hand: updates to outposts (save the outpost in the admin UI, or restart it)";
  return text + "\n";
}

Json json_of(const Refill& refill) {
  Json document{{"since_s", refill.since_s},
                {"came", refill.flow.came()},
                {"actors", Json::array()},
                {"by_schedule", Json::array()},
                {"by_hand", Json::array()}};
  for (const queue::ActorFlow& actor : refill.flow.actors)
    document["actors"].push_back({{"actor", actor.actor}, {"came", actor.came}});
  for (const queue::Schedule& schedule : refill.schedules)
    document["by_schedule"].push_back({{"actor", schedule.actor}, {"next_run", to_json(schedule.next_run)}});
  if (refill.outposts) document["by_hand"].push_back("outposts");
  return document;
}

}  // namespace akqueue::commands
