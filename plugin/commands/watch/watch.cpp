#include "commands/watch/watch.hpp"

#include "commands/watch/json_view.hpp"
#include "commands/watch/screen_view.hpp"
#include "commands/watch/text_view.hpp"
#include "commands/watch/watch_all_sites.hpp"

namespace akqueue {
namespace {

using namespace std::chrono_literals;

/// What a condition that did not come to hold leaves behind.
Error unmet(const Conditions& conditions, const Poller& poller, WatchEnding ending) {
  std::string words;
  for (const ConditionState& one : conditions.untils()) {
    if (!one.holds) words += (words.empty() ? "" : "; ") + shortfall(one, poller.trend());
  }
  return Error(ErrorCode::condition, (ending == WatchEnding::timeout ? "timed out before " : "ended before ") + words);
}

int finish_watch(Terminal& terminal, const Poller& poller, const Conditions& conditions, WatchEnding ending, bool machine) {
  if (!machine) terminal.err(summary_of(poller, conditions));
  if (!conditions.untils().empty() && ending != WatchEnding::met) throw unmet(conditions, poller, ending);
  if (conditions.alarmed()) return error_kind(ErrorCode::condition).exit_status;
  if (ending == WatchEnding::timeout && !poller.trouble().empty()) throw out_of_sight(poller.trouble());
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
  return invocation.environment.terminal.take_over();
}

int run_watch(const Invocation& invocation) {
  if (invocation.options.has(kEverywhere.name)) return run_watch_everywhere(invocation);
  const Options& options = invocation.options;
  Environment& environment = invocation.environment;
  Conditions conditions(untils_of(options), options.each("alert"));
  const auto timeout = timeout_of(options);
  PollerOptions wanted{.queues = options.all("queue"), .actors = options.all("actor"), .interval = interval_of(options, 10s), .timeout = timeout};
  conditions.check(timeout, wanted.interval);

  // While the screen is ours, what others say is a line of it.
  NoticeTerminal notices(environment.terminal);
  Environment inner{environment.launcher, environment.interrupts, notices, environment.clock, environment.state};
  const Invocation seen{invocation.command, options, inner};
  Poller poller(seen, std::move(wanted));
  conditions.check(poller.site());

  WatchEnding ending;
  try {
    if (auto screen = screen_for(invocation)) {
      const NoticeTerminal::Held held(notices);
      WatchScreen view(std::move(screen), environment, poller, conditions);
      ending = watch(environment, poller, view, conditions, timeout);
    } else if (invocation.machine_output()) {
      WatchJson view(environment);
      ending = watch(environment, poller, view, conditions, timeout);
    } else {
      WatchText view(environment);
      ending = watch(environment, poller, view, conditions, timeout);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted && !invocation.machine_output()) environment.terminal.err(summary_of(poller, conditions));
    throw;
  }
  return finish_watch(environment.terminal, poller, conditions, ending, invocation.machine_output());
}

}  // namespace akqueue
