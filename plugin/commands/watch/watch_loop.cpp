#include "commands/watch/watch_loop.hpp"

#include <algorithm>
#include <cmath>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"
#include "commands/watch/words.hpp"

namespace akqueue::commands {
namespace {

using namespace std::chrono_literals;

/// So soon Ctrl-C is heard.
constexpr auto kWatchPiece = 100ms;

void judge_one(ConditionState& state, const queue::Trend& trend, std::optional<int> restarts) {
  const bool before = state.holds;
  state.value = state.condition.value(trend, restarts);
  state.holds = state.condition.holds(state.value);
  state.just_began = state.holds && !before;
  state.just_ended = before && !state.holds;
  if (state.just_began) ++state.began;
}

std::string shortfall(const ConditionState& state, const queue::Trend& trend) {
  std::string words = state.condition.text() + ": it is " + value_words(state);
  if (state.condition.measure() != task_state::kQueued || trend.empty() || trend.recent().seconds == 0) return words;
  return words + ", " + movement(trend.recent().growth());
}

}  // namespace

Conditions::Conditions(const std::vector<std::string>& untils, const std::vector<std::string>& alerts) {
  for (const std::string& one : untils) untils_.push_back({queue::Condition::parse(one)});
  for (const std::string& one : alerts) alerts_.push_back({queue::Condition::parse(one)});
}

void Conditions::judge(const queue::Trend& trend, std::optional<int> restarts) {
  for (auto* states : {&untils_, &alerts_}) {
    for (ConditionState& state : *states) judge_one(state, trend, restarts);
  }
}

bool Conditions::met() const { return !untils_.empty() && std::ranges::all_of(untils_, &ConditionState::holds); }

bool Conditions::alarmed() const {
  return std::ranges::any_of(alerts_, [](const ConditionState& state) { return state.began > 0; });
}

void Conditions::check(const Site& site) const {
  if (!site.facts.standby) return;
  for (const auto* states : {&untils_, &alerts_}) {
    for (const ConditionState& state : *states) {
      if (!state.condition.needs_primary()) continue;
      throw Error(
          ErrorCode::unsupported,
          "database " + site.facts.database + " is a standby: it can't tell what " + state.condition.measure() + " is",
          "workers' locks are on the primary; taken counts what workers have taken, alive or not");
    }
  }
}

void Conditions::check(std::optional<std::chrono::seconds> timeout, std::chrono::seconds interval) const {
  const auto pods_every = Poller::pods_every(interval);
  if (!timeout || *timeout > pods_every) return;
  for (const auto* states : {&untils_, &alerts_}) {
    if (std::ranges::none_of(*states, [](const ConditionState& state) { return state.condition.is_of_pods(); }))
      continue;
    throw Error(ErrorCode::usage,
                "restarts are seen by a second look at the pods, after " + format_age(pods_every.count()) +
                    "; by then the --timeout is over",
                "a longer --timeout, or kubectl akqueue workers, which tells of restarts before now");
  }
}

WatchEnding watch(const cli::Environment& environment, Poller& poller, WatchView& view, Conditions& conditions,
                  std::optional<std::chrono::seconds> timeout) {
  const Moment deadline = timeout ? poller.began() + *timeout : Moment::max();
  // Without any time there is one look all the same.
  bool looked = !timeout || timeout->count() > 0;
  const auto over = [&] { return view.quit() || (looked && environment.clock.now() >= deadline); };
  poller.on_wait([&] {
    view.attend();
    return over();
  });
  for (;;) {
    const Reading reading = poller.look();
    looked = true;
    if (reading.read) {
      const cluster::WorkerRestarts* const workers = poller.workers();
      conditions.judge(poller.trend(), workers == nullptr ? std::nullopt : std::optional(workers->restarts()));
    }
    // A look that the end cut short has nothing to tell.
    if (reading.read || !over()) view.show(poller, reading, conditions);
    if (reading.read && conditions.met() && view.ends_when_met()) return WatchEnding::met;
    while (!over() && environment.clock.now() < poller.due()) {
      if (environment.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(std::min(poller.due(), deadline) - environment.clock.now());
      view.idle(std::clamp<std::chrono::milliseconds>(left, 1ms, kWatchPiece));
    }
    if (environment.interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted");
    if (view.quit()) return WatchEnding::quit;
    if (environment.clock.now() >= deadline) return WatchEnding::timeout;
  }
}

std::chrono::seconds interval_of(const Options& options, std::chrono::seconds usual) {
  const auto given = options.value("interval");
  return given ? std::chrono::seconds(parse_duration(*given)) : usual;
}

std::optional<std::chrono::seconds> timeout_of(const Options& options) {
  const auto given = options.value("timeout");
  return given ? std::optional(std::chrono::seconds(parse_duration_or_zero(*given))) : std::nullopt;
}

std::string value_words(const ConditionState& state) {
  if (!state.value) return "unknown";
  return state.condition.is_rate() ? format_rate(*state.value) : with_separators(std::llround(*state.value));
}

Error out_of_sight(const std::string& trouble) {
  return Error(ErrorCode::lost, "the queue could not be read any more: " + trouble,
               "kubectl akqueue status tells whether a server pod can be entered");
}

Json json_of(const ConditionState& state) {
  Json one{{"condition", state.condition.text()}, {"holds", state.holds}, {"value", nullptr}};
  if (state.value && state.condition.is_rate()) one["value"] = *state.value;
  if (state.value && !state.condition.is_rate()) one["value"] = std::llround(*state.value);
  return one;
}

std::string shortfalls(const Conditions& conditions, const queue::Trend& trend) {
  std::vector<std::string> words;
  for (const ConditionState& until : conditions.untils()) {
    if (!until.holds) words.push_back(shortfall(until, trend));
  }
  return joined(words, "; ");
}

}  // namespace akqueue::commands
