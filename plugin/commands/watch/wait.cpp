#include "commands/shared/filter_options.hpp"
#include "commands/watch/commands.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "commands/watch/watch_loop.hpp"
#include "commands/watch/words.hpp"
#include "ui/drawn_line.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitLineInterval = 10s;

/// Progress on standard error: a line that is redrawn on a terminal, a plain one every ten seconds elsewhere.
class Waiting final : public WatchView {
 public:
  explicit Waiting(cli::Environment& environment)
      : terminal_(environment.terminal), clock_(environment.clock), last_(clock_.now()), line_(environment.terminal) {}

  void show(const Poller& poller, const Reading& reading, const Conditions& conditions) override {
    if (!reading.read) return trouble(reading);
    troubled_ = false;
    if (conditions.met()) return;
    ui::Text line = ui::format_text("waiting for {}", shortfalls(conditions, poller.trend()));
    const std::string empty = until_empty(poller.trend());
    if (!empty.empty() && poller.trend().last().queued() > 0) line += ui::format_text(", empty in about {}", empty);
    if (terminal_.err_is_terminal()) {
      line_.draw(line);
    } else if (clock_.now() - last_ >= kWaitLineInterval) {
      terminal_.err(line + "\n");
      last_ = clock_.now();
    }
  }

  void idle(std::chrono::milliseconds length) override { clock_.sleep(length); }

  void clear() { line_.clear(); }

 private:
  /// Once, until it has passed.
  void trouble(const Reading& reading) {
    if (troubled_) return;
    clear();
    terminal_.err(ui::format_text("can't look: {}{}\n", reading.trouble,
                                  reading.connected ? "" : "; trying again until a server pod answers"));
    troubled_ = true;
  }

  ui::Terminal& terminal_;
  const system::Clock& clock_;
  Moment last_;
  ui::DrawnLine line_;
  bool troubled_ = false;
};

Error timed_out(const Conditions& conditions, const Poller& poller) {
  const std::string empty = until_empty(poller.trend());
  return Error(ErrorCode::condition, "timed out waiting for " + shortfalls(conditions, poller.trend()),
               empty.empty() ? "kubectl akqueue watch shows where the queue is going, kubectl akqueue top what fills it"
                             : "at this rate it is empty in " + empty + ": wait longer with --timeout");
}

Json document_of_wait(const Conditions& conditions, const Poller& poller, bool met) {
  Json document = document_of("wait");
  document["site"] = poller.site().to_json();
  document["now"] = poller.trend().empty() ? Json() : Json(format_timestamp(poller.trend().last().now));
  document["met"] = met;
  document["conditions"] = Json::array();
  for (const ConditionState& one : conditions.untils()) { document["conditions"].push_back(json_of(one)); }
  return document;
}

struct WaitRequest {
  SiteRequest site;
  PollerOptions poller;
  std::vector<std::string> conditions;
  std::optional<std::chrono::seconds> timeout;
  OutputFormat output = OutputFormat::table;
};

WaitRequest read_wait_request(const Options& options, Effect effect) {
  const auto timeout = timeout_of(options);
  return {.site = with_all_workers(read_site_request(options, effect)),
          .poller = {.choice = read_choice(options, kNoIds), .interval = interval_of(options, 2s), .timeout = timeout},
          .conditions = options.each("for"),
          .timeout = timeout,
          .output = read_output(options)};
}

int run_wait(const cli::Invocation& invocation) {
  WaitRequest request = read_wait_request(invocation.options, invocation.command.effect);
  Conditions conditions(request.conditions, {});
  if (conditions.untils().empty())
    throw Error(ErrorCode::usage, "nothing to wait for", "say it with --for, like --for 'queued=0'");
  request.poller.pods =
      std::ranges::any_of(conditions.untils(), [](const ConditionState& one) { return one.condition.is_of_pods(); });
  conditions.check(request.timeout, request.poller.interval);
  cli::Environment& environment = invocation.environment;
  Poller poller(environment, request.site, request.poller);
  conditions.check(poller.site());
  Waiting view(environment);
  const WatchEnding ending = watch(environment, poller, view, conditions, request.timeout);
  view.clear();
  const bool met = ending == WatchEnding::met;
  if (is_json(request.output)) {
    environment.terminal.out(as_json(request.output, document_of_wait(conditions, poller, met)));
  } else if (met) {
    for (const ConditionState& one : conditions.untils())
      environment.terminal.out(ui::format_text("condition met: {}\n", one.condition.text()));
  }
  if (!met) throw timed_out(conditions, poller);
  return 0;
}

}  // namespace

cli::Command wait_command() {
  return {
      .name = "wait",
      .group = "Look",
      .summary = "Wait until a condition holds",
      .arguments = "",
      .description =
          "For scripts: prints nothing but `condition met: …` at the end, and how far it is on\n"
          "standard error. Conditions are those of watch. Exit status 5 when the time is over,\n"
          "which counts from the first look; 1 when no server pod could be entered in the --timeout\n"
          "(or in 45s, where that is longer).",
      .options = {{"for", 0, "CONDITION", "wait for this, like 'queued=0'; of several all must hold", true},
                  {"timeout", 0, "DURATION", "give up after this long (default: never)"},
                  {"interval", 0, "DURATION", "look this often (default 2s, at least 1s)"},
                  queue::condition_option("queue"),
                  queue::condition_option("actor")},
      .examples = {{"wait --for 'queued=0' --timeout 30m", "until the queue is empty"},
                   {"wait --for 'workers>=2' --for 'orphaned=0'", "until workers have taken up what was left behind"}},
      .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
      .run = run_wait};
}

}  // namespace akqueue::commands
