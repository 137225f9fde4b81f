#include "akqueue/tasks.hpp"
#include "commands/delete/refill.hpp"
#include "queue/measure/queue_counts.hpp"
#include "system/pause.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

#include <algorithm>

namespace akqueue {
namespace {

constexpr auto kInterval = std::chrono::seconds(10);

/// One look.
struct FollowLook {
  std::int64_t after_s = 0;
  std::int64_t queued = 0;
  bool estimated = false;
  Flow flow;         ///< since the look before
  int restarts = 0;  ///< of workers, since the first look
};

int restarts_of(const Inventory& inventory) {
  int restarts = 0;
  for (const Pod& pod : inventory.pods) restarts += pod.component == kWorker ? pod.restarts : 0;
  return restarts;
}

class Follower {
 public:
  Follower(const Invocation& invocation, Cluster& cluster, const Site& site)
      : invocation_(invocation), cluster_(cluster), site_(site), restarts_before_(restarts_of(site.inventory)) {
    const Transaction transaction(*site_.session, kLooking);
    began_ = before_ = transaction.now();
  }

  FollowLook look() {
    FollowLook seen;
    {
      const Transaction transaction(*site_.session, kLooking);
      const Timestamp now = transaction.now();
      for (const QueueCount& count : count_queues(site_.database(), now, {})) {
        if (count.state != task_state::kQueued) continue;
        seen.queued += count.tasks;
        seen.estimated = seen.estimated || count.estimated;
      }
      seen.flow = read_flow_since(site_.database(), before_, now);
      seen.after_s = (now - began_ + kSecond / 2) / kSecond;
      before_ = now;
    }
    const Inventory inventory = traced(invocation_, cluster_.kubectl,
                                       [&] { return take_inventory(cluster_.kubectl, cluster_.search, "pods"); });
    // A worker that was replaced has taken its restarts with it.
    seen.restarts = std::max(0, restarts_of(inventory.of_release(site_.target.instance)) - restarts_before_);
    return seen;
  }

 private:
  const Invocation& invocation_;
  Cluster& cluster_;
  const Site& site_;
  int restarts_before_;
  Timestamp began_ = 0;
  Timestamp before_ = 0;
};

std::string growing(const Flow& flow) {
  if (flow.actors.empty() || flow.actors.front().growth() <= 0) return {};
  const ActorFlow& first = flow.actors.front();
  return first.actor.substr(first.actor.rfind('.') + 1) + " +" + with_separators(first.growth());
}

const std::vector<ListingColumn> kColumns{{"AFTER", true},    {"QUEUED", true},   {"CAME", true},        {"DONE", true},
                                          {"REJECTED", true}, {"RESTARTS", true}, {"GROWS", false, true}};

void print(Terminal& terminal, const FollowLook& seen, bool first) {
  Listing listing(kColumns);
  listing.add({format_age(seen.after_s), (seen.estimated ? "~" : "") + with_separators(seen.queued),
               with_separators(seen.flow.came()), with_separators(seen.flow.done()),
               with_separators(seen.flow.rejected()), std::to_string(seen.restarts), growing(seen.flow)});
  // The same widths for every line: they come one by one.
  const Listing::Widths widths{5, 11, 8, 8, 8, 8, 30};
  terminal.out((first ? listing.draw_header(widths) : std::string()) + listing.draw_rows(widths));
}

Json json_of(const FollowLook& seen) {
  return {{"after_s", seen.after_s},  {"queued", seen.queued},    {"estimated", seen.estimated},
          {"came", seen.flow.came()}, {"done", seen.flow.done()}, {"rejected", seen.flow.rejected()},
          {"restarts", seen.restarts}};
}

}  // namespace

Json follow(const Invocation& invocation, Cluster& cluster, const Site& site, std::chrono::seconds duration) {
  Json glances = Json::array();
  if (duration.count() <= 0) return glances;
  Environment& environment = invocation.environment;
  if (!invocation.machine_output())
    environment.terminal.err("watching for " + format_age(duration.count()) +
                             " whether the queue refills; Ctrl-C ends it\n");
  try {
    Follower follower(invocation, cluster, site);
    for (std::chrono::seconds passed(0); passed < duration && !environment.interrupts.requested();
         passed += kInterval) {
      if (!pause_for(environment.clock, environment.interrupts,
                     std::min<std::chrono::seconds>(kInterval, duration - passed)))
        break;
      const FollowLook seen = follower.look();
      if (!invocation.machine_output()) print(environment.terminal, seen, glances.empty());
      glances.push_back(json_of(seen));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted)
      environment.terminal.err("can't watch any longer: " + visible(error.what()) + "\n");
  }
  return glances;
}

}  // namespace akqueue
