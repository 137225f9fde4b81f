#include "queue/filter/typed_filter.hpp"

#include <algorithm>

#include "queue/filter/name_resolution.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

bool TaskChoice::empty() const {
  return std::ranges::none_of(task_conditions(),
                              [&](const TaskCondition& row) { return row.typed != nullptr && row.typed(*this); });
}

TaskFilter resolve(const session::Database& database, const TaskChoice& choice) {
  TaskFilter filter;
  for (const TaskCondition& row : task_conditions()) {
    if (row.typed != nullptr && row.typed(choice)) row.resolve(database, choice, filter);
  }
  return filter;
}

Uuid resolve_id(const session::Database& database, std::string_view written) {
  constexpr int kShown = 5;
  const std::string word(written);
  const auto range = Uuid::beginning_with(written);
  if (!range || written.size() < kLeastBeginning) {
    throw Error(ErrorCode::usage, "'" + word + "' is not a task id",
                "an id looks like 11111111-2222-4333-8444-555555555555, and its first 4 digits or more are enough; an "
                "actor is given with --actor");
  }
  session::Statement statement;
  const std::string first = statement.bind(range->first.to_string());
  const std::string last = statement.bind(range->last.to_string());
  statement.sql = "SELECT t.message_id FROM " + database.task().quoted() + " AS t WHERE t.message_id >= " + first +
                  " AND t.message_id <= " + last + " ORDER BY t.message_id LIMIT " + std::to_string(kShown + 1);
  std::vector<std::string> found;
  database.session.query(statement, [&](const session::Value& row) { found.push_back(session::text(row.at(0))); });
  if (found.size() == 1) return Uuid::parse(found.front()).value();
  if (found.empty())
    throw Error(ErrorCode::not_found, "no task '" + word + "'",
                "it may have been deleted or purged; kubectl akqueue list --all shows all tasks");
  const std::string more = found.size() > kShown ? ", …" : "";
  found.resize(std::min<std::size_t>(found.size(), kShown));
  throw Error(ErrorCode::usage, "'" + word + "' is the beginning of several ids: " + some_names(found) + more,
              "give more of the id");
}

}  // namespace akqueue::queue
