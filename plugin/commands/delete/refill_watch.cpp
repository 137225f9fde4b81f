#include "akqueue/tasks.hpp"
#include "commands/delete/refill.hpp"
#include "queue/measure/queue_counts.hpp"
#include "system/pause.hpp"
#include "ui/listing.hpp"

#include <algorithm>

namespace akqueue::commands {
namespace {

constexpr auto kInterval = std::chrono::seconds(10);

/// One look.
struct FollowLook {
  std::int64_t after_s = 0;
  std::int64_t queued = 0;
  bool estimated = false;
  queue::Flow flow;  ///< since the look before
  int restarts = 0;  ///< of workers, since the first look
};

int restarts_of(const cluster::Inventory& inventory) {
  int restarts = 0;
  for (const cluster::Pod& pod : inventory.pods) restarts += pod.roles.worker ? pod.restarts : 0;
  return restarts;
}

class Follower {
 public:
  Follower(const cli::Environment& environment, Cluster& cluster, const Site& site)
      : environment_(environment), cluster_(cluster), site_(site), restarts_before_(restarts_of(site.inventory)) {
    const session::Transaction transaction(*site_.session, kLooking);
    began_ = before_ = transaction.now();
  }

  FollowLook look() {
    FollowLook seen;
    {
      const session::Transaction transaction(*site_.session, kLooking);
      const Timestamp now = transaction.now();
      for (const queue::QueueCount& count : queue::count_queues(site_.database(), now, {})) {
        if (count.state != task_state::kQueued) continue;
        seen.queued += count.tasks;
        seen.estimated = seen.estimated || count.estimated;
      }
      seen.flow = queue::read_flow_since(site_.database(), before_, now);
      seen.after_s = (now - began_ + kSecond / 2) / kSecond;
      before_ = now;
    }
    const cluster::Inventory inventory = traced(environment_, cluster_, [&] {
      return cluster::inventory_of(cluster_.kubectl.run(cluster::inventory_words(cluster_.search, "pods")),
                                   cluster_.search);
    });
    // A worker that was replaced has taken its restarts with it.
    seen.restarts = std::max(0, restarts_of(inventory.of_release(site_.target.instance)) - restarts_before_);
    return seen;
  }

 private:
  const cli::Environment& environment_;
  Cluster& cluster_;
  const Site& site_;
  int restarts_before_;
  Timestamp began_ = 0;
  Timestamp before_ = 0;
};

ui::Text growing(const queue::Flow& flow) {
  if (flow.actors.empty() || flow.actors.front().growth() <= 0) return {};
  const queue::ActorFlow& first = flow.actors.front();
  return ui::format_text("{} +{}", short_name(first.actor), with_separators(first.growth()));
}

const std::vector<ui::ListingColumn> kColumns{{"AFTER", true},       {"QUEUED", true},   {"CAME", true},
                                              {"DONE", true},        {"REJECTED", true}, {"RESTARTS", true},
                                              {"GROWS", false, true}};

void print(ui::Terminal& terminal, const FollowLook& seen, bool first) {
  ui::Listing listing(kColumns);
  listing.add({format_age(seen.after_s), (seen.estimated ? "~" : "") + with_separators(seen.queued),
               with_separators(seen.flow.came()), with_separators(seen.flow.done()),
               with_separators(seen.flow.rejected()), std::to_string(seen.restarts), growing(seen.flow)});
  // The same widths for every line: they come one by one.
  const ui::Listing::Widths widths{5, 11, 8, 8, 8, 8, 30};
  terminal.out((first ? listing.draw_header(widths) : ui::Text()) + listing.draw_rows(widths));
}

Json json_of(const FollowLook& seen) {
  return {{"after_s", seen.after_s},  {"queued", seen.queued},    {"estimated", seen.estimated},
          {"came", seen.flow.came()}, {"done", seen.flow.done()}, {"rejected", seen.flow.rejected()},
          {"restarts", seen.restarts}};
}

}  // namespace

Json follow(const cli::Environment& environment, Cluster& cluster, const Site& site, std::chrono::seconds duration,
            OutputFormat output) {
  Json looks = Json::array();
  if (duration.count() <= 0) return looks;
  if (!is_json(output))
    environment.terminal.err(ui::format_text("watching for {} to see whether the queue refills; Ctrl-C ends it\n",
                                             format_age(duration.count())));
  try {
    Follower follower(environment, cluster, site);
    for (std::chrono::seconds passed(0); passed < duration && !environment.interrupts.requested();
         passed += kInterval) {
      if (!system::pause_for(environment.clock, environment.interrupts,
                             std::min<std::chrono::seconds>(kInterval, duration - passed)))
        break;
      const FollowLook seen = follower.look();
      if (!is_json(output)) print(environment.terminal, seen, looks.empty());
      looks.push_back(json_of(seen));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted)
      environment.terminal.err(ui::format_text("can't watch any longer: {}\n", error.what()));
  }
  return looks;
}

}  // namespace akqueue::commands
