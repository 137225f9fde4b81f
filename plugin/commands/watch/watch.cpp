#include "commands/shared/filter_options.hpp"
#include "commands/watch/commands.hpp"
#include "commands/watch/json_view.hpp"
#include "commands/watch/screen_view.hpp"
#include "commands/watch/text_view.hpp"
#include "commands/watch/watch_all_sites.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

/// What a condition that did not come to hold leaves behind.
Error unmet(const Conditions& conditions, const Poller& poller, WatchEnding ending) {
  return Error(ErrorCode::condition, (ending == WatchEnding::timeout ? "timed out before " : "ended before ") +
                                         shortfalls(conditions, poller.trend()));
}

int finish_watch(ui::Terminal& terminal, const Poller& poller, const Conditions& conditions, WatchEnding ending,
                 bool machine) {
  if (!machine) terminal.err(summary_of(poller, conditions));
  if (!conditions.untils().empty() && ending != WatchEnding::met) throw unmet(conditions, poller, ending);
  if (conditions.alarmed()) return error_kind(ErrorCode::condition).exit_status;
  if (ending == WatchEnding::timeout && !poller.trouble().empty()) throw out_of_sight(poller.trouble());
  return 0;
}

WatchRequest read_watch_request(const Options& options, Effect effect) {
  WatchRequest request{
      .site = telling_where(with_all_workers(read_site_request(options, effect, Breadth::several_sites))),
      .poller = {.choice = read_choice(options, kNoIds)},
      .untils = options.each("until"),
      .alerts = options.each("alert"),
      .timeout = timeout_of(options),
      .output = read_output(options)};
  request.poller.interval = interval_of(options, 10s);
  if (options.has("until-empty")) request.untils.emplace_back("queued=0");
  request.screen = !is_json(request.output) && !options.has("plain") && !request.site.verbose;
  return request;
}

WatchEnding watch_in_view(cli::Environment& environment, NoticeTerminal& notices, const WatchRequest& request,
                          Poller& poller, Conditions& conditions) {
  if (auto screen = request.screen ? environment.terminal.take_over() : nullptr) {
    const NoticeTerminal::Held held(notices);
    WatchScreen view(std::move(screen), environment, poller, conditions);
    return watch(environment, poller, view, conditions, request.timeout);
  }
  if (is_json(request.output)) {
    WatchJson view(environment, request.output);
    return watch(environment, poller, view, conditions, request.timeout);
  }
  WatchText view(environment);
  return watch(environment, poller, view, conditions, request.timeout);
}

int watch_one_site(cli::Environment& environment, const WatchRequest& request) {
  Conditions conditions(request.untils, request.alerts);
  conditions.check(request.timeout, request.poller.interval);
  // While the screen is ours, what others say is a line of it.
  NoticeTerminal notices(environment.terminal);
  const cli::Environment inner{environment.launcher, environment.interrupts, notices,
                               environment.clock,    environment.state,      environment.sites_file};
  PollerOptions wanted = request.poller;
  wanted.timeout = request.timeout;
  Poller poller(inner, request.site, std::move(wanted));
  conditions.check(poller.site());
  auto ending = WatchEnding::quit;
  try {
    ending = watch_in_view(environment, notices, request, poller, conditions);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted && !is_json(request.output))
      environment.terminal.err(summary_of(poller, conditions));
    throw;
  }
  return finish_watch(environment.terminal, poller, conditions, ending, is_json(request.output));
}

int run_watch(const cli::Invocation& invocation) {
  const WatchRequest request = read_watch_request(invocation.options, invocation.command.effect);
  return request.site.many() ? watch_all_sites(invocation.environment, request)
                             : watch_one_site(invocation.environment, request);
}

}  // namespace

cli::Command watch_command() {
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
          "Conditions compare queued, any other state, tasks, taken, held, stranded, orphaned,\n"
          "workers or restarts with a number, or rate, completions or growth with tasks /s, /m or\n"
          "/h; by < <= = != >= >. Exit status: 0; 5 when an --until did not come to hold (at the\n"
          "--timeout or on q), and when an --alert held at any time, whatever else; 1 when the last\n"
          "look before the --timeout failed; 130 on Ctrl-C. With -A an --until must hold at every\n"
          "site at once, an --alert at one, and a site that can't be read is 4 among others that can.\n"
          "\n"
          "Orphaned is what a dead worker left behind; a task in postprocess that nobody holds is\n"
          "none for its first minute: it is just ending.",
      .options = {{"interval", 0, "DURATION", "look this often (default 10s, at least 1s)"},
                  {"timeout", 0, "DURATION", "end after this long"},
                  {"until", 0, "CONDITION", "end when this holds, like 'queued<1000'; of several all must hold", true},
                  {"until-empty", 0, "", "end when nothing is queued"},
                  {"alert", 0, "CONDITION", "say it loudly whenever this comes to hold, like 'rate>5/s'", true},
                  queue::condition_option("queue"),
                  queue::condition_option("actor"),
                  {"plain", 0, "", "lines on a terminal too"},
                  kAllSites},
      .examples = {{"watch", "a screen that is drawn anew every ten seconds"},
                   {"watch --until-empty --timeout 2h", "how it empties"},
                   {"watch --alert 'rate>5/s' --alert 'restarts>0' --timeout 10m",
                    "for a script: 5 when it was not quiet"},
                   {"watch --interval 1m -o json", "a document a minute"},
                   {"watch -A --alert 'rate>5/s'", "every authentik of the cluster, a line each"}},
      .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
      .several_namespaces = true,
      .run = run_watch};
}

}  // namespace akqueue::commands
