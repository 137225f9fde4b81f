#include "queue/change/along.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/dependencies.hpp"

namespace akqueue::queue {
namespace {

/// What each rejected task waits for, of what is rejected itself.
using Waits = std::map<Uuid, std::vector<Uuid>>;

Waits read_waits(const session::Database& database) {
  session::Statement statement;
  const auto rejected = [&](const std::string& id) {
    return "(SELECT s.state FROM " + database.task().quoted() + " AS s WHERE s.message_id = " + id +
           ") = " + statement.bind(task_state::kRejected);
  };
  const std::string both = rejected("d.task_id") + " AND " + rejected("d.dependency_id");
  statement.sql = "SELECT d.task_id, d.dependency_id FROM " + database.referencing(kDependencyTable)->quoted() +
                  " AS d WHERE " + both + " LIMIT " + std::to_string(kMostAlong + 1);
  Waits waits;
  std::size_t edges = 0;
  database.session.query(statement, [&](const session::Value& row) {
    const auto task = Uuid::parse(session::text(row.at(0)));
    const auto dependency = Uuid::parse(session::text(row.at(1)));
    if (task && dependency && ++edges <= kMostAlong) waits[*task].push_back(*dependency);
  });
  if (edges > kMostAlong)
    throw Error(ErrorCode::usage,
                "more than " + with_separators(static_cast<std::int64_t>(kMostAlong)) +
                    " dependencies are between rejected tasks",
                "retry without --with-dependents first, and then what depended on that");
  return waits;
}

/// Those of `ids` that the change takes.
std::set<Uuid> taken_among(const session::Database& database, const Selection& selection, const ChangeWays& ways,
                           const std::vector<Uuid>& ids) {
  std::set<Uuid> taken;
  for (const Selection& piece : selection.pieces()) {
    for (std::size_t at = 0; at < ids.size(); at += Selection::kIdsAtOnce) {
      session::Statement statement;
      const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + Selection::kIdsAtOnce, ids.size()));
      const std::string listed = database.dialect.listed(statement, {begin, end});
      const std::string verdict = verdict_of(statement, database, ways, "t");
      const std::string where = piece.where(statement, database, "t");
      statement.sql = "SELECT t.message_id FROM " + database.task().quoted() + " AS t WHERE " +
                      database.dialect.among("t.message_id", listed) + " AND " + where + " AND " + verdict + " = '" +
                      std::string(verdict::kTaken) + "'";
      database.session.query(statement, [&](const session::Value& row) {
        if (const auto id = Uuid::parse(session::text(row.at(0)))) taken.insert(*id);
      });
    }
  }
  return taken;
}

}  // namespace

std::vector<Uuid> rejected_with(const session::Database& database, const Selection& selection, const ChangeWays& ways) {
  if (!waits_are_known(database)) return {};
  Waits waits = read_waits(database);
  std::set<Uuid> awaited;
  for (const auto& [task, dependencies] : waits) awaited.insert(dependencies.begin(), dependencies.end());
  std::set<Uuid> taken = taken_among(database, selection, ways, {awaited.begin(), awaited.end()});
  std::vector<Uuid> along;
  // Each round takes one more link of a chain.
  for (std::size_t before = waits.size() + 1; waits.size() < before;) {
    before = waits.size();
    std::erase_if(waits, [&](const auto& one) {
      const bool all = std::ranges::all_of(one.second, [&](const Uuid& id) { return taken.contains(id); });
      if (all) along.push_back(one.first);
      return all;
    });
    taken.insert(along.begin(), along.end());
  }
  return along;
}

}  // namespace akqueue::queue
