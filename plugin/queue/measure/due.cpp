#include "queue/measure/due.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue::queue {

std::int64_t count_due(const session::Database& database, Timestamp now) {
  session::Statement statement;
  const std::string state = statement.bind(std::string(task_state::kQueued));
  statement.sql = "SELECT count(*) FROM " + database.task().quoted() + " AS t WHERE t.state = " + state;
  if (database.task().has("eta"))
    statement.sql += " AND (t.eta IS NULL OR t.eta <= " + statement.bind(format_timestamp(now)) + ")";
  std::int64_t due = 0;
  database.session.query(statement, [&](const session::Value& row) { due = session::integer(row.at(0)); });
  return due;
}

}  // namespace akqueue::queue
