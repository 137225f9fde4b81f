#include "queue/measure/status.hpp"

#include <algorithm>
#include <tuple>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/filter/selection.hpp"
#include "queue/measure/disk.hpp"

namespace akqueue::queue {
namespace {

/// One look into the index (state, mtime, …), unless many rows of other queues come first.
session::Statement oldest_of(const session::Database& database, const QueueState& state) {
  session::Statement statement;
  const std::string where = any_of(statement, "t", "state", {state.count.state}) + " AND " +
                            any_of(statement, "t", "queue_name", {state.count.queue});
  statement.sql = "SELECT min(t.mtime) FROM " + database.task().quoted() + " AS t WHERE " + where;
  return statement;
}

/// How many rows workers hold, have locked and left, are about to end, and have left behind. Found by the index on
/// state.
session::Statement taken_of(const session::Database& database) {
  session::Statement statement;
  const std::string held = is_held(statement, database, "t");
  const std::string stranded = is_stranded(statement, database, "t");
  const std::string ending = is_ending(statement, database, "t");
  const std::string orphaned = is_orphaned(statement, database, "t");
  statement.sql = "SELECT count(*) FILTER (WHERE " + held + "), count(*) FILTER (WHERE " + stranded +
                  "), count(*) FILTER (WHERE " + ending + "), count(*) FILTER (WHERE " + orphaned + ") FROM " +
                  database.task().quoted() + " AS t WHERE " + is_taken(statement, "t");
  return statement;
}

std::size_t place_in_life(const std::string& state) {
  return static_cast<std::size_t>(std::ranges::find(task_state::kKnown, state) - task_state::kKnown.begin());
}

void read_states(const session::Database& database, const CountLimits& limits, QueueStatus& status) {
  for (QueueCount& count : count_queues(database, status.now, limits))
    status.states.push_back({std::move(count), std::nullopt});
  for (QueueState& state : status.states) {
    database.session.query(oldest_of(database, state),
                           [&](const session::Value& row) { state.oldest = session::timestamp(row.at(0)); });
  }
  std::ranges::sort(status.states, [](const QueueState& a, const QueueState& b) {
    return std::tuple(a.count.queue, place_in_life(a.count.state), a.count.state) <
           std::tuple(b.count.queue, place_in_life(b.count.state), b.count.state);
  });
}

bool is_queued(const QueueCount& count) { return count.state == task_state::kQueued; }

template <class Pick>
std::int64_t sum(const std::vector<QueueState>& states, const Pick& pick) {
  std::int64_t total = 0;
  for (const QueueState& state : states) total += pick(state.count);
  return total;
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

/// Without any task there is no row that must belong to one, whatever an old estimate says.
bool is_empty_with_tasks(const session::Database& database, const session::Table& table) {
  return std::ranges::any_of(database.catalog.references, [&](const session::Reference& one) {
    if (one.table != table.name || one.to != kTaskTable || one.columns.size() != 1) return false;
    return std::ranges::any_of(table.columns, [&](const session::Column& column) {
      return column.name == one.columns.front() && !column.nullable;
    });
  });
}

std::vector<Schedule> stopped_schedules(const session::Database& database, Timestamp now) {
  std::vector<Schedule> schedules = read_schedules(database);
  std::erase_if(schedules, [&](const Schedule& schedule) {
    const bool by_authentik = schedule.paused && schedule.actor == kPausedByAuthentik;
    return by_authentik || standing_of(schedule, now) == Standing::regular;
  });
  return schedules;
}

TableSize size_of(const session::Database& database, const session::Table& table, const QueueStatus& status) {
  TableSize size{table.name, table.bytes, table.rows_estimate, std::nullopt};
  const bool no_tasks = !status.estimated() && status.total() == 0;
  if (table.name == kTaskTable) size.rows_estimate = status.total();
  else if (no_tasks && is_empty_with_tasks(database, table)) size.rows_estimate = 0;
  if (size.rows_estimate) size.slack = slack_of(table, *size.rows_estimate);
  return size;
}

}  // namespace

std::int64_t QueueStatus::total() const {
  return sum(states, [](const QueueCount& count) { return count.tasks; });
}

std::int64_t QueueStatus::queued() const {
  return sum(states, [](const QueueCount& count) { return is_queued(count) ? count.tasks : 0; });
}

std::int64_t QueueStatus::queued_later() const {
  return sum(states, [](const QueueCount& count) { return is_queued(count) ? count.later : 0; });
}

std::int64_t QueueStatus::finished() const {
  return sum(states, [](const QueueCount& count) {
    return std::ranges::find(task_state::kFinished, count.state) != task_state::kFinished.end() ? count.tasks : 0;
  });
}

bool QueueStatus::estimated() const {
  return std::ranges::any_of(states, [](const QueueState& state) { return state.count.estimated; });
}

std::optional<Timestamp> QueueStatus::oldest_queued() const {
  return least(states, [](const QueueState& state) { return is_queued(state.count) ? state.oldest : std::nullopt; });
}

std::optional<Timestamp> QueueStatus::next_eta() const {
  return least(states,
               [](const QueueState& state) { return is_queued(state.count) ? state.count.next_eta : std::nullopt; });
}

void add_log_levels(const session::Database& database, QueueStatus& status, const CountLimits& limits,
                    int time_limit_ms) {
  try {
    const session::Transaction transaction(database.session,
                                           {.read_only = true, .statement_timeout_ms = time_limit_ms});
    status.log_levels = read_log_levels(database, status.finished(), limits);
  } catch (const Error& error) {
    if (error.sqlstate() != sqlstate::kCanceled) throw;
    status.log_levels_in_time = false;
  }
}

QueueStatus read_status(const session::Database& database, Timestamp now, const CountLimits& limits) {
  QueueStatus status;
  status.now = now;
  read_states(database, limits, status);
  status.heartbeats = read_heartbeats(database, now);
  status.stopped = stopped_schedules(database, now);
  database.session.query(taken_of(with_workers(database, status.heartbeats)), [&](const session::Value& row) {
    status.held = session::integer(row.at(0));
    status.stranded = session::integer(row.at(1));
    status.ending = session::integer(row.at(2));
    status.orphaned = session::integer(row.at(3));
  });
  status.flow = read_flow(database, now, QueueStatus::kFlowSeconds);
  for (const session::Table& table : database.catalog.tables) status.tables.push_back(size_of(database, table, status));
  return status;
}

}  // namespace akqueue::queue
