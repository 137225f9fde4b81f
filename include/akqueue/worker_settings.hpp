// The settings of authentik's workers, with upstream's defaults: those that are told, and no others. The agent, which
// runs alone in the pod, has their names once more (agent.py); a test compares the two.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

struct WorkerSetting {
  std::string_view name;         ///< `worker.threads`
  std::string_view fallback;     ///< upstream's default, as authentik writes it
  std::string_view unit;         ///< `threads`, `timedelta` (days=30, seconds=60, …)
  std::string_view meaning;      ///< one line
  std::string_view former = {};  ///< what it was called before; wins over the new name as long as authentik takes it
};

/// From authentik's default configuration, 2025.10 to 2026.5.
inline constexpr std::array kWorkerSettings{
    WorkerSetting{"worker.processes", "1", "processes", "worker processes in each pod"},
    WorkerSetting{"worker.threads", "2", "threads", "tasks that each process runs at once", "worker.concurrency"},
    WorkerSetting{"worker.task_max_retries", "5", "retries",
                  "how often a failed task is tried again before it is rejected"},
    WorkerSetting{"worker.task_default_time_limit", "minutes=10", "timedelta", "a task that runs longer is ended"},
    WorkerSetting{"worker.task_expiration", "days=30", "timedelta", "how long finished tasks are kept"},
    WorkerSetting{"worker.task_purge_interval", "days=1", "timedelta",
                  "how often finished tasks past that are purged, by an idle worker"},
    WorkerSetting{"worker.scheduler_interval", "seconds=60", "timedelta",
                  "how often schedules are looked at (without effect up to 2026.5)"},
    WorkerSetting{"worker.consumer_listen_timeout", "seconds=30", "timedelta",
                  "how long an idle worker waits for news before it looks itself"},
};

/// Null for what is no setting of the workers.
constexpr const WorkerSetting* find_worker_setting(std::string_view name) {
  const auto found = std::ranges::find(kWorkerSettings, name, &WorkerSetting::name);
  return found == kWorkerSettings.end() ? nullptr : &*found;
}

/// `AUTHENTIK_WORKER__THREADS` of `worker.threads`.
inline std::string variable_of(std::string_view setting) {
  std::string variable = "AUTHENTIK_";
  for (const char c : setting) {
    if (c == '.') variable += "__";
    else variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

/// The variables that set it, the first of which wins.
inline std::vector<std::string> variables_of(const WorkerSetting& setting) {
  if (setting.former.empty()) return {variable_of(setting.name)};
  return {variable_of(setting.former), variable_of(setting.name)};
}

}  // namespace akqueue
