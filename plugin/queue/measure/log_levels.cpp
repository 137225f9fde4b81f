#include "queue/measure/log_levels.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"
#include "queue/task/logs.hpp"

namespace akqueue::queue {
namespace {

/// SELECT f.worst, count(*) FROM (SELECT (worst level of t) AS worst FROM task t WHERE finished) AS f GROUP BY f.worst
session::Statement levels_of(const session::Database& database, const std::string& level, const std::string& sample) {
  session::Statement statement;
  const std::string finished =
      any_of(statement, "t", "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
  statement.sql = "SELECT f.worst, count(*) FROM (SELECT " + level + " AS worst FROM " + database.task().quoted() +
                  " AS t " + sample + " WHERE " + finished + ") AS f GROUP BY f.worst";
  return statement;
}

}  // namespace

LogLevels read_log_levels(const session::Database& database, std::int64_t finished, const CountLimits& limits) {
  LogLevels result;
  const std::string level = worst_level(database, "t");
  if (level.empty() || finished == 0) return result;
  // Each finished task takes a look into the log's index, so sampling begins at far fewer tasks than for counts.
  result.estimated = database.dialect.can_sample() && finished > limits.counted_up_to;
  const double rows = static_cast<double>(std::max(database.task().rows_estimate.value_or(0), finished));
  const std::string sample =
      result.estimated ? database.dialect.sampled(static_cast<double>(limits.sampled_rows) / rows) : std::string();
  std::int64_t seen = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> ranks;
  database.session.query(levels_of(database, level, sample), [&](const session::Value& row) {
    ranks.emplace_back(session::integer(row.at(0)), session::integer(row.at(1)));
    seen += ranks.back().second;
  });
  std::ranges::sort(ranks, std::greater<>());
  for (const auto& [rank, tasks] : ranks) {
    const double share = static_cast<double>(tasks) / static_cast<double>(seen);
    result.levels.push_back(
        {level_named(rank), result.estimated ? round_to_three_digits(share * static_cast<double>(finished)) : tasks});
  }
  return result;
}

}  // namespace akqueue::queue
