#include "queue/measure/log_levels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"
#include "queue/task/logs.hpp"

namespace akqueue::queue {
namespace {

/// SELECT f.page, f.worst, count(*) FROM (SELECT (page of t, worst level of t) FROM task t WHERE finished) AS f …
session::Statement levels_of(const session::Database& database, const std::string& level, double share) {
  session::Statement statement;
  const std::string finished =
      any_of(statement, "t", "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
  const std::string page = share < 1 ? database.dialect.page_of("t") : "0";
  statement.sql = "SELECT f.page, f.worst, count(*) FROM (SELECT " + page + " AS page, " + level + " AS worst FROM " +
                  database.dialect.sampled(database.task(), "t", share) + " WHERE " + finished +
                  ") AS f GROUP BY f.page, f.worst";
  return statement;
}

/// What was found of each level on each page, the worst level first.
struct Found {
  std::map<std::int64_t, std::map<std::int64_t, std::int64_t>, std::greater<>> levels;  ///< rank, page, tasks
  std::map<std::int64_t, std::int64_t> pages;                                           ///< all finished tasks
  std::int64_t tasks = 0;
};

Found look(const session::Database& database, const session::Statement& statement) {
  Found found;
  database.session.query(statement, [&](const session::Value& row) {
    const std::int64_t page = session::integer(row.at(0));
    const std::int64_t tasks = session::integer(row.at(2));
    found.levels[session::integer(row.at(1))][page] += tasks;
    found.pages[page] += tasks;
    found.tasks += tasks;
  });
  return found;
}

double margin_of_level(const Found& found, const std::map<std::int64_t, std::int64_t>& level) {
  std::vector<PageShare> pages;
  for (const auto& [page, finished] : found.pages) {
    const auto here = level.find(page);
    pages.push_back({here == level.end() ? 0 : here->second, finished});
  }
  return margin_of_share(pages);
}

}  // namespace

double margin_of_share(const std::vector<PageShare>& pages) {
  constexpr double kNineteenInTwenty = 1.96;
  if (pages.size() < 2) return 1;
  double of_level = 0;
  double finished = 0;
  for (const PageShare& page : pages) {
    of_level += static_cast<double>(page.of_level);
    finished += static_cast<double>(page.finished);
  }
  const double share = of_level / finished;
  double squares = 0;
  for (const PageShare& page : pages) {
    const double off = static_cast<double>(page.of_level) - share * static_cast<double>(page.finished);
    squares += off * off;
  }
  const auto count = static_cast<double>(pages.size());
  return std::min(1.0, kNineteenInTwenty * std::sqrt(squares * count / (count - 1)) / finished);
}

LogLevels read_log_levels(const session::Database& database, std::int64_t finished, const CountLimits& limits) {
  LogLevels result;
  const std::string level = worst_level(database, "t");
  if (level.empty() || finished == 0) return result;
  result.estimated = finished > limits.levels_up_to;
  const double sample =
      result.estimated ? static_cast<double>(limits.sampled_levels) / static_cast<double>(finished) : 1;
  const Found found = look(database, levels_of(database, level, sample));
  double margin = 0;
  for (const auto& [rank, pages] : found.levels) {
    std::int64_t tasks = 0;
    for (const auto& [page, here] : pages) tasks += here;
    const double share = static_cast<double>(tasks) / static_cast<double>(found.tasks);
    result.levels.push_back(
        {level_named(rank), result.estimated ? round_to_three_digits(share * static_cast<double>(finished)) : tasks});
    if (result.estimated) margin = std::max(margin, margin_of_level(found, pages));
  }
  if (!result.estimated) return result;
  result.sampled = found.tasks;
  result.margin = round_to_two_digits(margin * static_cast<double>(finished));
  return result;
}

}  // namespace akqueue::queue
