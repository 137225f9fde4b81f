#include "queue/change/fates.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/filter/selection.hpp"
#include "queue/measure/last_error.hpp"

namespace akqueue::queue {
namespace {

bool keeps_log(const session::Database& database) {
  return database.referencing(kTaskLogTable) != nullptr || database.task().has("_messages");
}

/// A task that failed is queued again with a time for its next try.
std::string failed_before(session::Statement& statement, const session::Database& database) {
  if (!database.task().has("eta")) return "1 = 0";
  return "(" + any_of(statement, "t", "state", {std::string(task_state::kQueued)}) + " AND t.eta IS NOT NULL)";
}

void add_some(const session::Database& database, std::span<const Uuid> ids, Fates& fates) {
  session::Statement statement;
  const std::string rejected = any_of(statement, "t", "state", {std::string(task_state::kRejected)});
  const std::string again = failed_before(statement, database);
  const std::string running = is_taken(statement, "t");
  const std::string done = any_of(statement, "t", "state", {std::string(task_state::kDone)});
  const std::string error = keeps_log(database) ? last_error(statement, database, {}) : "NULL";
  const std::string listed = database.dialect.listed(statement, {ids.begin(), ids.end()});
  statement.sql = "SELECT j.fate, j.error, count(*) FROM (SELECT CASE WHEN " + done + " THEN 'done' WHEN " + rejected +
                  " THEN 'rejected' WHEN " + again + " THEN 'again' WHEN " + running +
                  " THEN 'running' ELSE 'waiting' END AS fate, CASE WHEN " + rejected + " OR " + again + " THEN " +
                  error + " END AS error FROM " + database.task().quoted() + " AS t WHERE " +
                  database.dialect.among("t.message_id", listed) + ") AS j GROUP BY j.fate, j.error";
  std::int64_t there = 0;
  database.session.query(statement, [&](const session::Value& row) {
    const std::string fate = session::text(row.at(0));
    const std::int64_t tasks = session::integer(row.at(2));
    there += tasks;
    if (fate == "waiting") fates.waiting += tasks;
    if (fate == "running") fates.running += tasks;
    if (fate == "done") fates.finished += tasks;
    if (fate == "again") fates.again += tasks;
    if (fate == "rejected") fates.rejected += tasks;
    if (fate == "again" || fate == "rejected") fates.errors[named_error(session::text(row.at(1)))] += tasks;
  });
  fates.gone += static_cast<std::int64_t>(ids.size()) - there;
}

}  // namespace

Fates read_fates(const session::Database& database, std::span<const Uuid> ids) {
  Fates fates;
  for (std::size_t at = 0; at < ids.size(); at += Selection::kIdsAtOnce)
    add_some(database, ids.subspan(at, std::min(Selection::kIdsAtOnce, ids.size() - at)), fates);
  return fates;
}

}  // namespace akqueue::queue
