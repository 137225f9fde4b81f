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
  const ui::Listing::Widths widths = listing.fitted({{5, 11, 8, 8, 8, 8, 30}}, terminal);
  terminal.out((first ? listing.draw_header(widths) : ui::Text()) + listing.draw_rows(widths));
}

Json json_of(const FollowLook& seen) {
  return {{"after_s", seen.after_s},  {"queued", seen.queued},    {"estimated", seen.estimated},
          {"came", seen.flow.came()}, {"done", seen.flow.done()}, {"rejected", seen.flow.rejected()},
          {"restarts", seen.restarts}};
}

/// All looks put together.
struct FollowSum {
  std::int64_t seconds = 0;
  std::int64_t came = 0;
  std::int64_t finished = 0;
  std::int64_t queued = 0;  ///< at the end
  bool estimated = false;
  int restarts = 0;

  void add(const FollowLook& seen) {
    seconds = seen.after_s;
    came += seen.flow.came();
    finished += seen.flow.done() + seen.flow.rejected();
    queued = seen.queued;
    estimated = seen.estimated;
    restarts = seen.restarts;
  }
  bool refilling() const { return came > finished; }
};

/// `refilling: 240 came in 60s and 12 were finished; 228 wait now`.
std::string verdict_on(const FollowSum& sum) {
  const std::string span = " in " + format_age(sum.seconds);
  std::string words = sum.refilling() ? "refilling: " : "not refilling: ";
  if (sum.came == 0) {
    words += "nothing came" + span;
    if (sum.finished > 0) words += ", " + with_separators(sum.finished) + " were finished";
  } else {
    words += with_separators(sum.came) + " came" + span + " and " + with_separators(sum.finished) +
             (sum.finished == 1 ? " was finished" : " were finished");
  }
  words += "; " + (sum.queued == 0 ? std::string("none waits")
                                   : (sum.estimated ? "~" : "") + with_separators(sum.queued) +
                                         (sum.queued == 1 ? " waits now" : " wait now"));
  if (sum.restarts > 0) words += "; workers were restarted " + count_of(sum.restarts, "time", "times");
  return words;
}

}  // namespace

void follow(const cli::Environment& environment, Cluster& cluster, const Site& site, std::chrono::seconds duration,
            OutputFormat output, Json& aftermath) {
  Json& looks = aftermath["follow"] = Json::array();
  aftermath["verdict"] = nullptr;
  if (duration.count() <= 0) return;
  ui::Terminal& terminal = environment.terminal;
  const bool machine = is_json(output);
  if (!machine)
    terminal.err(ui::format_text("watching for {} to see whether the queue refills; Ctrl-C ends it\n",
                                 format_age(duration.count())));
  FollowSum sum;
  try {
    Follower follower(environment, cluster, site);
    for (std::chrono::seconds passed(0); passed < duration && !environment.interrupts.requested();
         passed += kInterval) {
      if (!system::pause_for(environment.clock, environment.interrupts,
                             std::min<std::chrono::seconds>(kInterval, duration - passed)))
        break;
      const FollowLook seen = follower.look();
      if (!machine) print(terminal, seen, looks.empty());
      looks.push_back(json_of(seen));
      sum.add(seen);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted)
      terminal.err(ui::format_text("can't watch any longer: {}\n", error.what()));
  }
  if (looks.empty()) return;
  const std::string words = verdict_on(sum);
  if (!machine) terminal.out(ui::format_text("verdict: {}\n", words));
  aftermath["verdict"] = {
      {"refilling", sum.refilling()}, {"words", words}, {"came", sum.came}, {"finished", sum.finished}};
}

}  // namespace akqueue::commands
