#include "world/task_logs.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kMiddleware = "authentik.tasks.middleware.TaskLogMiddleware";
constexpr std::string_view kNothing = "{}";
constexpr std::string_view kFailure = "Task failed";

LogRow by_middleware(std::string_view event) { return {event, "info", kMiddleware, kNothing}; }

}  // namespace

std::vector<LogRow> log_rows(const TaskGroup& group) {
  using namespace task_state;
  const bool finished = group.state == kDone || group.state == kRejected;
  const std::string_view failure = group.error.empty() ? kFailure : std::string_view(group.error);
  const LogRow failed{failure, "error", kMiddleware, kNothing};

  std::vector<LogRow> rows{by_middleware("Task has been queued")};
  for (std::int64_t attempt = 0; attempt < group.retries; ++attempt) {
    rows.push_back(by_middleware("Task is being processed"));
    rows.push_back(failed);
    // A retry marks everything before it as the past.
    for (LogRow& row : rows) row.previous = true;
    rows.push_back({"Task will be retried", "info", kMiddleware, "{\"delay\": 15000}"});
  }
  const bool started = finished || group.state == kRunning || group.state == kPostprocess;
  if (!started) return rows;
  rows.push_back(by_middleware("Task is being processed"));
  for (const LogLine& line : group.logs) rows.push_back({line.event, line.level, group.actor, kNothing});
  if (group.state == kDone) rows.push_back(by_middleware("Task finished processing without errors"));
  if (group.state == kRejected) rows.push_back(failed);
  return rows;
}

}  // namespace akqueue::sim
