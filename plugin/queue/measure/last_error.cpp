#include "queue/measure/last_error.hpp"

#include <vector>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/measure/group_counts.hpp"
#include "queue/task/traceback.hpp"

namespace akqueue::queue {
namespace {

/// Of an event that is longer than twice this, only the beginning and the end are compared: characters.
constexpr int kEventCompared = 500;

std::string error_levels(session::Statement& statement, const std::string& level) {
  return level + " IN (" + statement.bind("error") + ", " + statement.bind("critical") + ")";
}

/// The text of an event, without the middle of a long one.
std::string compared(session::Statement& statement, const std::string& event) {
  const std::string part = std::to_string(kEventCompared);
  return "CASE WHEN length(" + event + ") > 2 * " + part + " THEN substr(" + event + ", 1, " + part + ") || " +
         "CAST(" + statement.bind("\n") + " AS text) || substr(" + event + ", length(" + event + ") - " + part +
         " + 1) ELSE " + event + " END";
}

}  // namespace

/// (SELECT the last error's class and text FROM the log's rows), then from the lists in the task's own row.
std::string last_error(session::Statement& statement, const session::Database& database, const std::string& hint) {
  std::vector<std::string> places;
  if (const session::Table* log = database.referencing(kTaskLogTable)) {
    places.push_back("(SELECT coalesce((l.attributes -> 'exception' -> 0 ->> 'exc_type') || ': ', '') || " +
                     compared(statement, "l.event") + " FROM " + log->quoted() +
                     " AS l WHERE l.task_id = t.message_id AND " + error_levels(statement, "l.log_level") +
                     " ORDER BY l.timestamp DESC, l.id DESC LIMIT 1)");
  }
  for (const std::string column : {"_messages", "_previous_messages"}) {
    if (!database.task().has(column)) continue;
    places.push_back("(SELECT " + compared(statement, "(e.value ->> 'event')") + " FROM " +
                     database.dialect.elements("t." + session::quote_identifier(column), "e") + " WHERE " +
                     error_levels(statement, "(e.value ->> 'log_level')") +
                     " ORDER BY (e.value ->> 'timestamp') DESC LIMIT 1)");
  }
  if (places.empty()) throw Error(ErrorCode::unsupported, "tasks keep no log in this release of authentik", hint);
  return places.size() == 1 ? places.front() : "coalesce(" + joined(places) + ")";
}

std::string named_error(const std::string& text) { return fold_error(error_in(text, session::Value())); }

}  // namespace akqueue::queue
