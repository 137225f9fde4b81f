#include "queue/task/task.hpp"

#include <algorithm>

#include "akqueue/protocol.hpp"
#include "akqueue/tasks.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kMessage = "message";

/// Every column and, at the end, whether a live worker holds the task, whether it is just ending, and who holds it.
session::Statement task_of(const session::Database& database, const std::string& id) {
  session::Statement statement;
  const std::string ending = is_ending(statement, database, "t");
  const std::string key = statement.bind(id);
  std::string columns;
  for (const session::Column& column : database.task().columns)
    columns += "t." + session::quote_identifier(column.name) + ", ";
  statement.sql = "SELECT " + columns + "CASE WHEN " + database.dialect.held("t") + " THEN 1 ELSE 0 END, CASE WHEN " +
                  ending + " THEN 1 ELSE 0 END, (SELECT min(h.holder) FROM " + database.dialect.holders("h") +
                  " WHERE h.key = " + database.dialect.lock_key("t") + ") FROM " + database.task().quoted() +
                  " AS t WHERE t.message_id = " + key;
  return statement;
}

std::string bytes_of(const session::Value& value) {
  const auto bytes = value.is_object() ? value.find(protocol::kBytesKey) : value.end();
  return value.is_object() && bytes != value.end() && bytes->is_string() ? protocol::unbase64(bytes->get<std::string>())
                                                                         : std::string();
}

std::vector<TaskDetail::Referenced> read_referenced(const session::Database& database, const std::string& id) {
  std::vector<TaskDetail::Referenced> all;
  for (const session::Reference& reference : database.catalog.references) {
    if (reference.table == kTaskLogTable || reference.columns.size() != 1) continue;
    const session::Table* table = database.catalog.find(reference.schema, reference.table);
    if (table == nullptr) continue;
    session::Statement statement;
    const std::string key = statement.bind(id);
    statement.sql = "SELECT count(*) FROM " + table->quoted() + " AS r WHERE r." +
                    session::quote_identifier(reference.columns.front()) + " = " + key;
    database.session.query(statement, [&](const session::Value& row) {
      all.push_back({table->name + "." + reference.columns.front(), session::integer(row.at(0))});
    });
  }
  return all;
}

}  // namespace

const session::Value& TaskDetail::value(std::string_view column) const {
  static const session::Value none;
  const auto found =
      std::ranges::find(cells, column, [](const Cell& cell) { return std::string_view(cell.column.name); });
  return found == cells.end() ? none : found->value;
}

TaskDetail read_task(const session::Database& database, const Uuid& id) {
  TaskDetail task;
  const std::string key = id.to_string();
  database.session.query(task_of(database, key), [&](const session::Value& row) {
    const std::vector<session::Column>& columns = database.task().columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      session::Value value = row.at(i);
      if (columns[i].name == kMessage) {
        task.message = read_message(bytes_of(value));
        if (!value.is_null()) value = static_cast<std::int64_t>(task.message.size);
      }
      task.cells.push_back({columns[i], std::move(value)});
    }
    task.held = session::integer(row.at(columns.size())) == 1;
    task.ending = session::integer(row.at(columns.size() + 1)) == 1;
    task.holder = session::text(row.at(columns.size() + 2));
  });
  if (task.cells.empty())
    throw Error(ErrorCode::not_found, "no task '" + key + "'",
                "it may have been deleted or purged; kubectl akqueue list --all shows all tasks");
  const std::string state = session::text(task.value("state"));
  task.taken = std::ranges::find(task_state::kTaken, state) != task_state::kTaken.end();
  task.object =
      object_name(read_kinds(database), task.value("rel_obj_content_type_id"), session::text(task.value("rel_obj_id")));
  task.referenced = read_referenced(database, key);
  return task;
}

}  // namespace akqueue::queue
