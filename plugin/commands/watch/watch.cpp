#include "commands/watch/watch.hpp"

#include "commands/watch/commands.hpp"
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

int finish_watch(Terminal& terminal, const Poller& poller, const Conditions& conditions, WatchEnding ending,
                 bool machine) {
  if (!machine) terminal.err(summary_of(poller, conditions));
  if (!conditions.untils().empty() && ending != WatchEnding::met) throw unmet(conditions, poller, ending);
  if (conditions.alarmed()) return error_kind(ErrorCode::condition).exit_status;
  if (ending == WatchEnding::timeout && !poller.trouble().empty()) throw out_of_sight(poller.trouble());
  return 0;
}

int run_watch(const Invocation& invocation) {
  if (invocation.options.has(kEverywhere.name)) return run_watch_everywhere(invocation);
  const Options& options = invocation.options;
  Environment& environment = invocation.environment;
  Conditions conditions(untils_of(options), options.each("alert"));
  const auto timeout = timeout_of(options);
  PollerOptions wanted{.queues = options.all("queue"),
                       .actors = options.all("actor"),
                       .interval = interval_of(options, 10s),
                       .timeout = timeout};
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
    if (error.code() == ErrorCode::interrupted && !invocation.machine_output())
      environment.terminal.err(summary_of(poller, conditions));
    throw;
  }
  return finish_watch(environment.terminal, poller, conditions, ending, invocation.machine_output());
}

}  // namespace

std::vector<std::string> untils_of(const Options& options) {
  std::vector<std::string> untils = options.each("until");
  if (options.has("until-empty")) untils.emplace_back("queued=0");
  return untils;
}

std::unique_ptr<FullScreen> screen_for(const Invocation& invocation) {
  if (invocation.machine_output() || invocation.options.has("plain") || invocation.options.has("verbose"))
    return nullptr;
  return invocation.environment.terminal.take_over();
}

Command watch_command() {
  return {
      .name = "watch",
      .group = "Look",
      .summary = "Watch where the queue is going",
      .arguments = "",
      .description =
          "Looks at every interval, over one connection: what is queued and in each state, how\n"
          "many tasks come and are finished a second, which actors grow, when the queue will be\n"
          "empty, how often workers were restarted. A full screen on a terminal (q ends, p\n"
          "pauses, s sorts, ? helps), a line an interval elsewhere, one JSON document a line with\n"
          "-o json. When its pod dies it goes on through another; a look that failed is shown as\n"
          "one, never as zeros.\n"
          "\n"
          "Rates are those of the last minute. A row tells only its state and its last change, so\n"
          "they are the least that explains what is seen: finished is what became done or\n"
          "rejected, came what was new (a task put to wait again by a person too), removed what\n"
          "went without being finished (deleted). A task that came and was deleted between two\n"
          "looks leaves no trace. Where the table is too large to count every time, figures with\n"
          "~ are estimates and removed is not known.\n"
          "\n"
          "Conditions compare queued, any other state, tasks, taken, held, orphaned, workers or\n"
          "restarts with a number, or rate, completions or growth with tasks /s, /m or /h; by <\n"
          "<= = != >= >. Exit status: 0; 5 when an --until did not come to hold (at the --timeout\n"
          "or on q), and when an --alert held at any time, whatever else; 1 when the last look before\n"
          "the --timeout failed; 130 on Ctrl-C. With -A an --until must hold at every site at once, an\n"
          "--alert at one, and a site that can't be read is 4 among others that can.",
      .options = {{"interval", 0, "DURATION", "look this often (default 10s, at least 1s)"},
                  {"timeout", 0, "DURATION", "end after this long"},
                  {"until", 0, "CONDITION", "end when this holds, like 'queued<1000'; of several all must hold", true},
                  {"until-empty", 0, "", "end when nothing is queued"},
                  {"alert", 0, "CONDITION", "say it loudly whenever this comes to hold, like 'rate>5/s'", true},
                  {"queue", 0, "QUEUE", "only this queue, by its exact name", true},
                  {"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true},
                  {"plain", 0, "", "lines on a terminal too"},
                  kEverywhere},
      .examples = {{"watch", "a screen that is drawn anew every ten seconds"},
                   {"watch --until-empty --timeout 2h", "how it empties"},
                   {"watch --alert 'rate>5/s' --alert 'restarts>0' --timeout 10m",
                    "for a script: 5 when it was not quiet"},
                   {"watch --interval 1m -o json", "a document a minute"},
                   {"watch -A --alert 'rate>5/s'", "every authentik of the cluster, a line each"}},
      .outputs = "table|json|jsonl",
      .run = run_watch};
}

}  // namespace akqueue
