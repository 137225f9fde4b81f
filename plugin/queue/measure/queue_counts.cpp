#include "queue/measure/queue_counts.hpp"

#include <algorithm>
#include <cmath>

#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

/// Only columns of the index (queue_name, state), so that a vacuumed table is counted without reading it: three times
/// as fast as with even one more column.
void count_all(const session::Database& database, std::vector<QueueCount>& counts) {
  database.session.query({"SELECT t.queue_name, t.state, count(*) FROM " + database.task().quoted() +
                          " AS t GROUP BY t.queue_name, t.state"},
                         [&](const session::Value& row) {
                           counts.push_back({session::text(row.at(0)), session::text(row.at(1)),
                                             session::integer(row.at(2)), false, 0, std::nullopt});
                         });
}

/// Releases before 2025.10 have no eta.
void count_later(const session::Database& database, Timestamp now, std::vector<QueueCount>& counts) {
  if (!database.task().has("eta")) return;
  session::Statement statement;
  const std::string state = statement.bind(task_state::kQueued);
  const std::string at = statement.bind(format_timestamp(now));
  statement.sql = "SELECT t.queue_name, count(*), min(t.eta) FROM " + database.task().quoted() + " AS t WHERE " +
                  database.dialect.unindexed("t.state") + " = " + state + " AND t.eta > " + at + " GROUP BY " +
                  database.dialect.unindexed("t.queue_name");
  database.session.query(statement, [&](const session::Value& row) {
    const std::string queue = session::text(row.at(0));
    for (QueueCount& count : counts) {
      if (count.queue == queue && count.state == task_state::kQueued)
        count.later = session::integer(row.at(1)), count.next_eta = session::timestamp(row.at(2));
    }
  });
}

/// A column of the group after g: the next state of its queue, or else the next queue's first. (SQLite would go through
/// all of a group for WHERE (queue_name, state) > (…).)
std::string next_in_the_index(const std::string& from, std::string_view column) {
  const std::string value = "(SELECT CAST(t." + std::string(column) + " AS text)" + from;
  return "coalesce(" + value + "WHERE t.queue_name = g.queue_name AND t.state > g.state ORDER BY t.state LIMIT 1), " +
         value + "WHERE t.queue_name > g.queue_name ORDER BY t.queue_name, t.state LIMIT 1))";
}

/// Each is found from the one before by a few short looks into the index, in one statement.
std::string groups_in_the_index(const session::Table& task) {
  const std::string from = " FROM " + task.quoted() + " AS t ";
  return "WITH RECURSIVE g(queue_name, state) AS (SELECT f.queue_name, f.state FROM (SELECT CAST(t.queue_name AS text) "
         "AS queue_name, CAST(t.state AS text) AS state" +
         from + "ORDER BY t.queue_name, t.state LIMIT 1) AS f UNION ALL SELECT " +
         next_in_the_index(from, "queue_name") + ", " + next_in_the_index(from, "state") +
         " FROM g WHERE g.queue_name IS NOT NULL) SELECT g.queue_name, g.state FROM g WHERE g.queue_name IS NOT NULL "
         "ORDER BY g.queue_name, g.state";
}

/// In one round trip.
void count_groups(const session::Database& database, std::vector<QueueCount>& groups, std::int64_t most) {
  std::vector<session::Request> together;
  for (QueueCount& group : groups) {
    session::Statement statement;
    const std::string queue = statement.bind(group.queue);
    const std::string state = statement.bind(group.state);
    // In the order of the index: otherwise the planner would gather all of the group's entries first, whatever the
    // limit.
    statement.sql = "SELECT count(*) FILTER (WHERE c.queue_name = " + queue + " AND c.state = " + state +
                    ") FROM (SELECT t.queue_name, t.state FROM " + database.task().quoted() +
                    " AS t WHERE (t.queue_name, t.state) >= (" + queue + ", " + state +
                    ") ORDER BY t.queue_name, t.state LIMIT " + std::to_string(most + 1) + ") AS c";
    together.push_back(session::query_request(statement, [&group, most](const session::Value& row) {
      group.tasks = session::integer(row.at(0));
      group.estimated = group.tasks > most;
    }));
  }
  database.session.send(std::move(together));
  database.session.await(database.session.awaited());
}

void estimate(const session::Database& database, Timestamp now, const CountLimits& limits,
              std::vector<QueueCount>& groups) {
  const double rows = static_cast<double>(database.task().rows_estimate.value_or(0));
  session::Statement statement;
  std::string later = "0";
  if (database.task().has("eta"))
    later = "count(*) FILTER (WHERE t.eta > " + statement.bind(format_timestamp(now)) + ")";
  statement.sql = "SELECT t.queue_name, t.state, count(*), " + later + " FROM " +
                  database.dialect.sampled(database.task(), "t", static_cast<double>(limits.sampled_rows) / rows) +
                  " GROUP BY t.queue_name, t.state";
  struct Share {
    std::string queue;
    std::string state;
    double tasks = 0;
    double later = 0;
  };
  std::vector<Share> shares;
  double seen = 0;
  database.session.query(statement, [&](const session::Value& row) {
    shares.push_back({session::text(row.at(0)), session::text(row.at(1)),
                      static_cast<double>(session::integer(row.at(2))),
                      static_cast<double>(session::integer(row.at(3)))});
    seen += shares.back().tasks;
  });
  for (QueueCount& group : groups) {
    if (!group.estimated || seen == 0) continue;
    const auto share = std::ranges::find_if(
        shares, [&](const Share& one) { return one.queue == group.queue && one.state == group.state; });
    if (share == shares.end()) continue;
    // It was counted up to there; a sample can't make it less.
    group.tasks = std::max(group.tasks, round_to_three_digits(share->tasks / seen * rows));
    if (group.state == task_state::kQueued) group.later = round_to_three_digits(share->later / seen * rows);
  }
}

/// Below `limit` after as many zeros as it takes.
std::int64_t rounded(double number, double limit) {
  double unit = 1;
  while (number / unit >= limit) unit *= 10;
  return std::llround(number / unit) * static_cast<std::int64_t>(unit);
}

}  // namespace

std::int64_t round_to_three_digits(double number) { return rounded(number, 1000); }

std::int64_t round_to_two_digits(double number) { return rounded(number, 100); }

bool CountLimits::exceeded(const session::Database& database) const {
  return database.dialect.estimates_rows() && database.task().rows_estimate.value_or(0) > exact_rows;
}

std::vector<QueueCount> queue_groups(const session::Database& database) {
  std::vector<QueueCount> groups;
  database.session.query({groups_in_the_index(database.task())}, [&](const session::Value& row) {
    groups.push_back({session::text(row.at(0)), session::text(row.at(1)), 0, false, 0, std::nullopt});
  });
  return groups;
}

std::vector<QueueCount> count_queues(const session::Database& database, Timestamp now, const CountLimits& limits) {
  std::vector<QueueCount> counts;
  if (!limits.exceeded(database)) {
    count_all(database, counts);
    count_later(database, now, counts);
    return counts;
  }
  counts = queue_groups(database);
  count_groups(database, counts, limits.counted_up_to);
  estimate(database, now, limits, counts);
  const bool all_queued_counted = std::ranges::none_of(
      counts, [](const QueueCount& count) { return count.estimated && count.state == task_state::kQueued; });
  if (all_queued_counted) count_later(database, now, counts);
  return counts;
}

}  // namespace akqueue::queue
