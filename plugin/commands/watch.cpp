#include "commands/watch.hpp"

#include "commands/watch_everywhere.hpp"
#include "commands/watch_json.hpp"
#include "commands/watch_screen.hpp"
#include "commands/watch_text.hpp"

namespace akqueue {
namespace {

using namespace std::chrono_literals;

/// What a condition that did not come to hold leaves behind.
Error unmet(const Conditions& conditions, const Feed& feed, WatchEnding ending) {
  std::string words;
  for (const ConditionState& one : conditions.untils()) {
    if (!one.holds) words += (words.empty() ? "" : "; ") + shortfall(one, feed.trend());
  }
  return Error(ErrorCode::condition, (ending == WatchEnding::timeout ? "timed out before " : "ended before ") + words);
}

int finish_watch(Terminal& terminal, const Feed& feed, const Conditions& conditions, WatchEnding ending, bool machine) {
  if (!machine) terminal.err(summary_of(feed, conditions));
  if (!conditions.untils().empty() && ending != WatchEnding::met) throw unmet(conditions, feed, ending);
  if (conditions.alarmed()) return error_kind(ErrorCode::condition).exit_status;
  if (ending == WatchEnding::timeout && !feed.trouble().empty()) throw out_of_sight(feed.trouble());
  return 0;
}

}  // namespace

std::vector<std::string> untils_of(const Options& options) {
  std::vector<std::string> untils = options.each("until");
  if (options.has("until-empty")) untils.emplace_back("queued=0");
  return untils;
}

std::unique_ptr<FullScreen> screen_for(const Invocation& invocation) {
  if (invocation.machine_output() || invocation.options.has("plain") || invocation.options.has("verbose")) return nullptr;
  return invocation.world.terminal.take_over();
}

int run_watch(const Invocation& invocation) {
  if (invocation.options.has(kEverywhere.name)) return run_watch_everywhere(invocation);
  const Options& options = invocation.options;
  World& world = invocation.world;
  Conditions conditions(untils_of(options), options.each("alert"));
  const auto timeout = timeout_of(options);
  FeedOptions wanted{.queues = options.all("queue"), .actors = options.all("actor"), .interval = interval_of(options, 10s), .timeout = timeout};
  conditions.check(timeout, wanted.interval);

  // While the screen is ours, what others say is a line of it.
  NoticeTerminal notices(world.terminal);
  World inner{world.launcher, world.interrupts, notices, world.clock, world.state};
  const Invocation seen{invocation.command, options, inner};
  Feed feed(seen, std::move(wanted));
  conditions.check(feed.site());

  WatchEnding ending;
  try {
    if (auto screen = screen_for(invocation)) {
      const NoticeTerminal::Held held(notices);
      WatchScreen view(std::move(screen), world, feed, conditions);
      ending = watch(world, feed, view, conditions, timeout);
    } else if (invocation.machine_output()) {
      WatchJson view(world);
      ending = watch(world, feed, view, conditions, timeout);
    } else {
      WatchText view(world);
      ending = watch(world, feed, view, conditions, timeout);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted && !invocation.machine_output()) world.terminal.err(summary_of(feed, conditions));
    throw;
  }
  return finish_watch(world.terminal, feed, conditions, ending, invocation.machine_output());
}

}  // namespace akqueue
