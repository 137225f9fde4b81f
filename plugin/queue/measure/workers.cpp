#include "queue/measure/workers.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"
#include "queue/measure/queue_counts.hpp"

namespace akqueue::queue {
namespace {

/// Tasks that workers have taken, by who holds their locks.
session::Statement holders_of(const session::Database& database) {
  session::Statement statement;
  const std::string taken = any_of(statement, "t", "state", {task_state::kTaken.begin(), task_state::kTaken.end()});
  statement.sql = "SELECT h.holder, count(*) FROM " + database.task().quoted() + " AS t JOIN " +
                  database.dialect.holders("h") + " ON " + database.dialect.lock_key("t") + " = h.key WHERE " + taken +
                  " GROUP BY h.holder";
  return statement;
}

/// Behind a pooler the holders are connections of its own: which of them are somebody's can't be told.
void take_away(std::map<std::string, std::int64_t>& held, std::int64_t tasks) {
  for (auto& [holder, has] : held) {
    const std::int64_t part = std::min(has, tasks);
    has -= part;
    tasks -= part;
  }
}

}  // namespace

std::int64_t WorkersSeen::held_in_all() const {
  std::int64_t sum = 0;
  for (const auto& [holder, tasks] : held) sum += tasks;
  return sum;
}

WorkersSeen read_workers(const session::Database& database, Timestamp now, std::optional<std::int64_t> most_each) {
  WorkersSeen seen;
  seen.now = now;
  seen.heartbeats = read_heartbeats(database, now);
  const bool gone = with_workers(database, seen.heartbeats).workers_gone;
  database.session.query(holders_of(database), [&](const session::Value& row) {
    (gone ? seen.stranded : seen.held[session::text(row.at(0))]) += session::integer(row.at(1));
  });
  const Locked locked =
      none_beyond({.held = seen.held_in_all(), .stranded = seen.stranded}, seen.heartbeats, most_each);
  take_away(seen.held, locked.stranded - seen.stranded);
  seen.stranded = locked.stranded;
  for (const QueueCount& count : count_queues(database, now, {})) {
    if (count.state != task_state::kQueued) continue;
    seen.queued += count.tasks;
    seen.queued_estimated = seen.queued_estimated || count.estimated;
  }
  return seen;
}

}  // namespace akqueue::queue
