#include "queue/status.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"

namespace akqueue {
namespace {

/// Only columns of the index (queue_name, state), so that a vacuumed table is counted without reading it: three times as
/// fast as with any column more.
Statement states_of(const Database& database) {
  return {"SELECT t.queue_name, t.state, count(*) FROM " + database.task().quoted() + " AS t GROUP BY t.queue_name, t.state"};
}

/// Queued tasks that wait for their time. Releases before 2025.10 have no eta.
Statement later_of(const Database& database, Timestamp now) {
  Statement statement;
  const std::string state = statement.bind(task_state::kQueued);
  const std::string at = statement.bind(format_timestamp(now));
  statement.sql = "SELECT t.queue_name, count(*), min(t.eta) FROM " + database.task().quoted() + " AS t WHERE t.state = " + state +
                  " AND t.eta > " + at + " GROUP BY t.queue_name";
  return statement;
}

/// One look into the index (state, mtime, …), as far as the rows of other queues do not stand before it.
Statement oldest_of(const Database& database, const QueueState& state) {
  Statement statement;
  const std::string where = any_of(statement, "t", "state", {state.state}) + " AND " + any_of(statement, "t", "queue_name", {state.queue});
  statement.sql = "SELECT min(t.mtime) FROM " + database.task().quoted() + " AS t WHERE " + where;
  return statement;
}

/// How many rows workers have taken, and how many of these a live one holds. Found by the index on state.
Statement taken_of(const Database& database) {
  Statement statement;
  const std::string taken = any_of(statement, "t", "state", {task_state::kTaken.begin(), task_state::kTaken.end()});
  statement.sql = "SELECT count(*), count(*) FILTER (WHERE " + database.dialect.held("t") + ") FROM " +
                  database.task().quoted() + " AS t WHERE " + taken;
  return statement;
}

std::size_t place_in_life(const std::string& state) {
  return static_cast<std::size_t>(std::ranges::find(task_state::kKnown, state) - task_state::kKnown.begin());
}

void read_states(const Database& database, QueueStatus& status) {
  database.session.query(states_of(database), [&](const Value& row) {
    status.states.push_back({text(row.at(0)), text(row.at(1)), integer(row.at(2)), 0, std::nullopt, std::nullopt});
  });
  if (database.task().has("eta")) {
    database.session.query(later_of(database, status.now), [&](const Value& row) {
      const std::string queue = text(row.at(0));
      for (QueueState& state : status.states) {
        if (state.queue == queue && state.state == task_state::kQueued) state.later = integer(row.at(1)), state.next_eta = timestamp(row.at(2));
      }
    });
  }
  for (QueueState& state : status.states) {
    database.session.query(oldest_of(database, state), [&](const Value& row) { state.oldest = timestamp(row.at(0)); });
  }
  std::ranges::sort(status.states, [](const QueueState& a, const QueueState& b) {
    return std::tuple(a.queue, place_in_life(a.state), a.state) < std::tuple(b.queue, place_in_life(b.state), b.state);
  });
}

void read_workers(const Database& database, QueueStatus& status) {
  const Catalog catalog = database.session.introspect(kWorkerStatusTable);
  if (catalog.tables.empty()) return;
  database.session.query({"SELECT w.hostname, w.version, w.last_seen FROM " + catalog.tables.front().quoted() +
                          " AS w ORDER BY w.last_seen DESC, w.hostname"},
                         [&](const Value& row) {
                           status.workers.push_back({text(row.at(0)), text(row.at(1)), timestamp(row.at(2))});
                         });
}

template <class Rows, class Pick>
std::optional<Timestamp> least(const Rows& rows, const Pick& pick) {
  std::optional<Timestamp> best;
  for (const auto& row : rows) {
    const std::optional<Timestamp> one = pick(row);
    if (one && (!best || *one < *best)) best = one;
  }
  return best;
}

}  // namespace

std::int64_t QueueStatus::total() const {
  std::int64_t sum = 0;
  for (const QueueState& state : states) sum += state.tasks;
  return sum;
}

std::int64_t QueueStatus::queued() const {
  std::int64_t sum = 0;
  for (const QueueState& state : states) sum += state.state == task_state::kQueued ? state.tasks : 0;
  return sum;
}

std::int64_t QueueStatus::queued_later() const {
  std::int64_t sum = 0;
  for (const QueueState& state : states) sum += state.state == task_state::kQueued ? state.later : 0;
  return sum;
}

std::optional<Timestamp> QueueStatus::oldest_queued() const {
  return least(states, [](const QueueState& state) { return state.state == task_state::kQueued ? state.oldest : std::nullopt; });
}

std::optional<Timestamp> QueueStatus::next_eta() const {
  return least(states, [](const QueueState& state) { return state.state == task_state::kQueued ? state.next_eta : std::nullopt; });
}

std::int64_t QueueStatus::workers_alive() const {
  return std::ranges::count_if(workers, [&](const WorkerHeartbeat& worker) {
    return worker.last_seen && now - *worker.last_seen <= kAliveSeconds * kSecond;
  });
}

QueueStatus read_status(const Database& database, Timestamp now) {
  QueueStatus status;
  status.now = now;
  read_states(database, status);
  database.session.query(taken_of(database), [&](const Value& row) {
    status.held = integer(row.at(1));
    status.orphaned = integer(row.at(0)) - status.held;
  });
  read_workers(database, status);
  for (const Table& table : database.catalog.tables) status.tables.push_back({table.name, table.bytes, table.rows_estimate});
  return status;
}

}  // namespace akqueue
