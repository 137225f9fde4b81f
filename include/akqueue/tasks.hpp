// The vocabulary of authentik's task queue: tables, states, queues. Source: authentik's own models and Dramatiq's
// broker, releases 2025.8 to 2026.6.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

inline constexpr std::string_view kTaskTable = "authentik_tasks_task";
inline constexpr std::string_view kTaskLogTable = "authentik_tasks_tasklog";
/// Who waits (task_id) for whom (dependency_id); 2026.8 on.
inline constexpr std::string_view kDependencyTable = "authentik_tasks_taskdependency";
inline constexpr std::string_view kWorkerStatusTable = "authentik_tasks_workerstatus";
inline constexpr std::string_view kScheduleTable = "authentik_tasks_schedules_schedule";

inline constexpr std::string_view kDefaultQueue = "default";

namespace task_state {
/// 2026.8 on: until what it waits for is done.
inline constexpr std::string_view kWaiting = "waiting_for_dependencies";
inline constexpr std::string_view kQueued = "queued";
inline constexpr std::string_view kConsumed = "consumed";
inline constexpr std::string_view kPreprocess = "preprocess";
inline constexpr std::string_view kRunning = "running";
inline constexpr std::string_view kPostprocess = "postprocess";
inline constexpr std::string_view kRejected = "rejected";
inline constexpr std::string_view kDone = "done";

/// The states of a row that a worker has taken. A live worker holds the row's advisory lock as well; what a row without
/// one is, plugin/queue/filter/in_hand.hpp says.
inline constexpr std::array kTaken{kConsumed, kPreprocess, kRunning, kPostprocess};
/// Tasks in these states do not change any more.
inline constexpr std::array kFinished{kRejected, kDone};
/// The states of any known release, in the order of a task's life. A newer release may have more.
inline constexpr std::array kKnown{kWaiting, kQueued, kConsumed, kPreprocess, kRunning, kPostprocess, kRejected, kDone};
}  // namespace task_state

/// task_state::kTaken, as a list for a query.
inline std::vector<std::string> taken_states() { return {task_state::kTaken.begin(), task_state::kTaken.end()}; }

/// Levels of log rows, the worst last.
namespace log_level {
inline constexpr std::array<std::string_view, 5> kKnown{"debug", "info", "warning", "error", "critical"};
}  // namespace log_level

/// The queues that Dramatiq's broker means by `queue`: itself, its delayed and its dead-letter twin.
/// `broker.flush(queue)` deletes the rows of all three.
inline std::array<std::string, 3> broker_queues(std::string_view queue) {
  const std::string name(queue);
  return {name, name + ".DQ", name + ".XQ"};
}

}  // namespace akqueue
