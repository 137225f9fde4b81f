#include "queue/task_logs.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kMiddleware = "authentik.tasks.middleware.TaskLogMiddleware";
constexpr std::string_view kNothing = "{}";
constexpr std::string_view kFailure = "Task failed";

LogRow by_middleware(std::string_view event) { return {event, "info", kMiddleware, kNothing}; }

}  // namespace

std::string_view aggregated_status(std::string_view state, const std::vector<LogRow>& seen) {
  if (state != task_state::kDone) return state;
  for (const std::string_view level : {"error", "warning", "info"}) {
    const auto same = [&](const LogRow& row) { return !row.previous && row.level == level; };
    if (std::ranges::any_of(seen, same)) return level;
  }
  return state;
}

LogMessages::LogMessages(const std::vector<LogRow>& rows, bool previous) : count_(rows.size()) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LogRow& row = rows[i];
    if (row.previous != previous) continue;
    const Json object{{"event", row.event}, {"log_level", row.level}, {"logger", row.logger}};
    std::string before = object.dump();
    before.back() = ',';
    pieces_.push_back({i, before + "\"timestamp\":\"", "\",\"attributes\":" + std::string(row.attributes) + "}"});
  }
}

std::string LogMessages::text(Timestamp mtime, Stamps& stamps) const {
  std::string json = "[";
  for (const Piece& piece : pieces_) {
    if (json.size() > 1) json += ',';
    json += piece.before;
    json +=
        stamps.text(log_time(mtime, piece.number, count_)).substr(0, 26) + "+00:00";  // as Python's isoformat() has it
    json += piece.behind;
  }
  return json + "]";
}

std::vector<LogRow> log_rows(const TaskGroup& group) {
  using namespace task_state;
  const bool finished = group.state == kDone || group.state == kRejected;
  const std::string_view failure = group.error.empty() ? kFailure : std::string_view(group.error);
  const LogRow failed{failure, "error", kMiddleware, kNothing};

  std::vector<LogRow> rows{by_middleware("Task has been queued")};
  for (std::int64_t attempt = 0; attempt < group.retries; ++attempt) {
    rows.push_back(by_middleware("Task is being processed"));
    rows.push_back(failed);
    // A retry marks everything before it as previous.
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
