#include "queue/change/error_groups.hpp"

#include <algorithm>
#include <map>

#include "akqueue/words.hpp"
#include "queue/measure/last_error.hpp"

namespace akqueue::queue {

std::vector<ErrorGroup> group_by_error(const session::Database& database, const Selection& selection,
                                       const ChangeWays& ways) {
  std::map<std::string, std::vector<Uuid>> by_error;
  std::size_t tasks = 0;
  for (const Selection& piece : selection.pieces()) {
    session::Statement statement;
    const std::string error = last_error(statement, database, "choose by other conditions");
    const std::string verdict = verdict_of(statement, database, ways, "t");
    const std::string where = piece.where(statement, database, "t");
    statement.sql = "SELECT t.message_id, " + error + " FROM " + database.task().quoted() + " AS t WHERE " + where +
                    " AND " + verdict + " = '" + std::string(verdict::kTaken) + "' LIMIT " +
                    std::to_string(kMostGrouped + 1);
    database.session.query(statement, [&](const session::Value& row) {
      const auto id = Uuid::parse(session::text(row.at(0)));
      if (id && ++tasks <= kMostGrouped) by_error[named_error(session::text(row.at(1)))].push_back(*id);
    });
  }
  if (tasks > kMostGrouped)
    throw Error(ErrorCode::usage,
                "more than " + with_separators(static_cast<std::int64_t>(kMostGrouped)) +
                    " tasks: they can't be grouped by their errors",
                "choose fewer with --actor or --newer-than");
  std::vector<ErrorGroup> groups;
  for (auto& [error, ids] : by_error) groups.push_back({error, std::move(ids)});
  std::ranges::stable_sort(groups, std::greater<>(), [](const ErrorGroup& group) { return group.ids.size(); });
  return groups;
}

}  // namespace akqueue::queue
