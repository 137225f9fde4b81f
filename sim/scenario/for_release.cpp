#include "scenario/for_release.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "akqueue/command_line.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::sim {
namespace {

/// A state as the release has it. One that no known release has stays as it is.
std::string state_in(const Schema& schema, const std::string& state) {
  if (std::ranges::find(schema.states, state) != schema.states.end()) return state;
  if (std::ranges::find(task_state::kTaken, state) != task_state::kTaken.end())
    return std::string(task_state::kConsumed);
  return state == task_state::kWaiting ? std::string(task_state::kQueued) : state;
}

/// The year and the month of `2025.12.4`; zeros for anything else.
std::pair<int, int> year_and_month(std::string_view version) {
  std::pair<int, int> numbers{0, 0};
  const char* const end = version.data() + version.size();
  const auto year = std::from_chars(version.data(), end, numbers.first);
  if (year.ec == std::errc() && year.ptr != end && *year.ptr == '.') std::from_chars(year.ptr + 1, end, numbers.second);
  return numbers;
}

}  // namespace

Scenario fitted(Scenario scenario, const Schema& schema) {
  if (scenario.version.empty()) scenario.version = schema.version;
  for (PodGroup& pods : scenario.pods) {
    if (pods.version.empty()) pods.version = scenario.version;
    if (pods.instance.empty()) pods.instance = scenario.instance;
    if (pods.deployment.empty()) pods.deployment = pods.instance + "-" + pods.component;
  }
  for (DeadWorker& dead : scenario.dead_workers) {
    if (dead.version.empty()) dead.version = scenario.version;
  }
  const SchemaTable* tasks = schema.find(kTaskTable);
  const bool delays = tasks != nullptr && tasks->has("eta");
  for (TaskGroup& group : scenario.tasks) {
    group.state = state_in(schema, group.state);
    const bool twin = group.queue.ends_with(".DQ") || group.queue.ends_with(".XQ");
    if (group.eta && !delays && !twin) group.queue += ".DQ";
  }
  return scenario;
}

Scenario with_release(Scenario scenario, const std::string& release) {
  const auto known = known_releases();
  if (std::ranges::find(known, release) == known.end()) {
    std::string list;
    for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
    const auto near = nearest(release, known);
    throw Error(ErrorCode::usage, "unknown release '" + release + "'; there are " + list,
                near ? "did you mean " + *near + "?" : "");
  }
  if (release != scenario.release) scenario.version.clear();
  scenario.release = release;
  return scenario;
}

bool skips_unfinished(std::string_view version) { return year_and_month(version) >= std::pair(2026, 2); }

bool keeps_done_messages(std::string_view version) { return year_and_month(version) < std::pair(2025, 12); }

}  // namespace akqueue::sim
