// The settings of authentik's workers: what they mean, upstream's defaults, and what stands out beside the queue as it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/measure/status.hpp"

namespace akqueue {

struct KnownSetting {
  std::string_view name;      ///< `worker.threads`
  std::string_view fallback;  ///< upstream's default, as authentik writes it
  std::string_view unit;      ///< `threads`, `timedelta` (days=30, seconds=60, …)
  std::string_view meaning;   ///< one line
};

/// From authentik's default configuration, 2025.10 to 2026.5.
inline constexpr std::array kWorkerSettings{
    KnownSetting{"worker.processes", "1", "processes", "worker processes in each pod"},
    KnownSetting{"worker.threads", "2", "threads", "tasks that each process runs at once"},
    KnownSetting{"worker.task_max_retries", "5", "retries", "how often a failed task is tried again before it is rejected"},
    KnownSetting{"worker.task_default_time_limit", "minutes=10", "timedelta", "a task that runs longer is ended"},
    KnownSetting{"worker.task_expiration", "days=30", "timedelta", "how long finished tasks are kept"},
    KnownSetting{"worker.task_purge_interval", "days=1", "timedelta", "how often finished tasks past that are purged, by an idle worker"},
    KnownSetting{"worker.scheduler_interval", "seconds=60", "timedelta", "how often schedules are looked at (without effect up to 2026.5)"},
    KnownSetting{"worker.consumer_listen_timeout", "seconds=30", "timedelta", "how long an idle worker waits for news before it looks itself"},
};

/// A whole number from 0 to `most`; nothing for what is none.
std::optional<std::int64_t> parse_whole(std::string_view text, std::int64_t most = 1'000'000'000);

/// Seconds of authentik's `days=30` or `hours=1;minutes=30`; nothing for what is none.
std::optional<std::int64_t> parse_timedelta(std::string_view text);

/// A setting of one worker deployment as it is in force.
struct LiveSetting {
  const KnownSetting* known = nullptr;
  std::string deployment;  ///< whose; empty: of all
  std::string value;       ///< empty where it is not known
  std::string source;      ///< default, environment, file, configuration, elsewhere
  std::string from;        ///< the variable, the file, the deployment; may be empty
  bool is_default() const { return value == known->fallback; }
};

/// What deserves a look, a line each.
std::vector<std::string> remarks_on(const std::vector<LiveSetting>& settings, const QueueStatus& status, std::int64_t worker_pods);

}  // namespace akqueue
