#include "queue/measure/recent_names.hpp"

#include <algorithm>
#include <map>

#include "akqueue/uuid.hpp"
#include "queue/measure/queue_counts.hpp"
#include "queue/schedules.hpp"

namespace akqueue::queue {
namespace {

/// A row of `SELECT message_id, actor_name, state, mtime`.
TaskSeen task_of(const session::Value& row) {
  return {session::text(row.at(0)), session::text(row.at(1)), session::text(row.at(2)), session::timestamp(row.at(3))};
}

constexpr std::string_view kSelectNames = "SELECT t.message_id, t.actor_name, t.state, t.mtime FROM ";

}  // namespace

/// SELECT s.actor_name, count(*) FROM (SELECT … FROM task [TABLESAMPLE …] LIMIT n) GROUP BY 1
/// The limit is for when the estimate of the table's rows is far too low, and the share therefore too large.
std::vector<ActorSeen> recent_actors(const session::Database& database, RecentNamesLimits limits) {
  const auto rows = static_cast<double>(database.task().rows_estimate.value_or(0));
  const double share = database.dialect.estimates_rows() ? static_cast<double>(limits.rows) / std::max(1.0, rows) : 1;
  std::map<std::string, std::int64_t> seen;
  std::int64_t all = 0;
  database.session.query(
      {"SELECT s.actor_name, count(*) FROM (SELECT t.actor_name FROM " +
       database.dialect.sampled(database.task(), "t", share) + " LIMIT " + std::to_string(limits.rows * 2) +
       ") AS s GROUP BY s.actor_name"},
      [&](const session::Value& row) { all += seen[session::text(row.at(0))] = session::integer(row.at(1)); });
  const bool estimated = share < 1 || all >= limits.rows * 2;
  for (const Schedule& schedule : read_schedules(database)) seen.emplace(schedule.actor, 0);

  std::vector<ActorSeen> actors;
  const double factor = estimated && all > 0 ? std::max(1.0, rows / static_cast<double>(all)) : 1;
  for (const auto& [actor, tasks] : seen) {
    actors.push_back(
        {actor, estimated ? round_to_three_digits(static_cast<double>(tasks) * factor) : tasks, estimated});
  }
  return actors;
}

std::vector<TaskSeen> recent_tasks(const session::Database& database, RecentNamesLimits limits) {
  std::vector<std::string> states;
  for (const QueueCount& group : queue_groups(database)) {
    if (std::ranges::find(states, group.state) == states.end()) states.push_back(group.state);
  }
  std::vector<TaskSeen> tasks;
  for (const std::string& state : states) {
    session::Statement statement;
    const std::string value = statement.bind(state);
    statement.sql = std::string(kSelectNames) + database.task().quoted() + " AS t WHERE t.state = " + value +
                    " ORDER BY t.mtime DESC LIMIT " + std::to_string(limits.tasks);
    database.session.query(statement, [&](const session::Value& row) { tasks.push_back(task_of(row)); });
  }
  std::ranges::stable_sort(tasks, std::greater<>(), &TaskSeen::changed);
  return tasks;
}

std::vector<TaskSeen> recent_tasks_beginning(const session::Database& database, const std::string& beginning,
                                             RecentNamesLimits limits) {
  std::vector<TaskSeen> tasks;
  const auto range = Uuid::beginning_with(beginning);
  if (!range) return tasks;
  session::Statement statement;
  const std::string first = statement.bind(range->first.to_string());
  const std::string last = statement.bind(range->last.to_string());
  statement.sql = std::string(kSelectNames) + database.task().quoted() + " AS t WHERE t.message_id >= " + first +
                  " AND t.message_id <= " + last + " ORDER BY t.message_id LIMIT " + std::to_string(limits.beginning);
  database.session.query(statement, [&](const session::Value& row) { tasks.push_back(task_of(row)); });
  return tasks;
}

}  // namespace akqueue::queue
