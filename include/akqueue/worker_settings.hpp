// The settings of authentik's workers that we read, and no others, with upstream's defaults. The agent, which is alone
// in the pod, has its own list of their names (agent.py); a test compares the two.
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
  std::string_view former = {};  ///< its former name; wins over the new one as long as authentik takes it
};

/// From authentik's default configuration, 2025.10 to 2026.5.
inline constexpr std::array kWorkerSettings{
    WorkerSetting{"worker.processes", "1", "processes", "worker processes in each pod"},
    WorkerSetting{"worker.threads", "2", "threads", "tasks that each process runs at once", "worker.concurrency"},
    WorkerSetting{"worker.task_max_retries", "5", "retries",
                  "how often a failed task is tried again before it is rejected"},
    WorkerSetting{"worker.task_default_time_limit", "minutes=10", "timedelta", "a task that runs longer is stopped"},
    WorkerSetting{"worker.task_expiration", "days=30", "timedelta", "how long finished tasks are kept"},
    WorkerSetting{"worker.task_purge_interval", "days=1", "timedelta",
                  "how often an idle worker purges finished tasks that are older"},
    WorkerSetting{"worker.scheduler_interval", "seconds=60", "timedelta",
                  "how often schedules are checked (no effect up to 2026.5)"},
    WorkerSetting{"worker.consumer_listen_timeout", "seconds=30", "timedelta",
                  "how long an idle worker waits for a notification before it checks"},
};

/// Null for a name that is not a setting of the workers.
constexpr const WorkerSetting* find_worker_setting(std::string_view name) {
  const auto* const found = std::ranges::find(kWorkerSettings, name, &WorkerSetting::name);
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
