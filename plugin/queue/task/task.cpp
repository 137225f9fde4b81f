#include "queue/task/task.hpp"

#include <algorithm>

#include "akqueue/protocol.hpp"
#include "akqueue/tasks.hpp"
#include "queue/filter/content_types.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kMessage = "message";

/// Every column and, at the end, whether a live worker holds the task.
Statement task_of(const Database& database, const std::string& id) {
  Statement statement;
  const std::string key = statement.bind(id);
  std::string columns;
  for (const Column& column : database.task().columns) columns += "t." + quote_identifier(column.name) + ", ";
  statement.sql = "SELECT " + columns + "CASE WHEN " + database.dialect.held("t") + " THEN 1 ELSE 0 END FROM " +
                  database.task().quoted() + " AS t WHERE t.message_id = " + key;
  return statement;
}

std::string bytes_of(const Value& value) {
  const auto bytes = value.is_object() ? value.find(protocol::kBytesKey) : value.end();
  return value.is_object() && bytes != value.end() && bytes->is_string() ? protocol::unbase64(bytes->get<std::string>())
                                                                         : std::string();
}

std::vector<TaskDetail::Referenced> read_referenced(const Database& database, const std::string& id) {
  std::vector<TaskDetail::Referenced> all;
  for (const Reference& reference : database.catalog.references) {
    if (reference.table == kTaskLogTable || reference.columns.size() != 1) continue;
    const Table* table = database.catalog.find(reference.schema, reference.table);
    if (table == nullptr) continue;
    Statement statement;
    const std::string key = statement.bind(id);
    statement.sql = "SELECT count(*) FROM " + table->quoted() + " AS r WHERE r." +
                    quote_identifier(reference.columns.front()) + " = " + key;
    database.session.query(statement, [&](const Value& row) {
      all.push_back({table->name + "." + reference.columns.front(), integer(row.at(0))});
    });
  }
  return all;
}

}  // namespace

const Value& TaskDetail::value(std::string_view column) const {
  static const Value none;
  const auto found =
      std::ranges::find(cells, column, [](const Cell& cell) { return std::string_view(cell.column.name); });
  return found == cells.end() ? none : found->value;
}

TaskDetail read_task(const Database& database, const Uuid& id) {
  TaskDetail task;
  const std::string key = id.to_string();
  database.session.query(task_of(database, key), [&](const Value& row) {
    const std::vector<Column>& columns = database.task().columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      Value value = row.at(i);
      if (columns[i].name == kMessage) {
        task.message = read_message(bytes_of(value));
        if (!value.is_null()) value = static_cast<std::int64_t>(task.message.size);
      }
      task.cells.push_back({columns[i], std::move(value)});
    }
    task.held = integer(row.at(columns.size())) == 1;
  });
  if (task.cells.empty())
    throw Error(ErrorCode::not_found, "no task '" + key + "'",
                "it may have been deleted or purged; kubectl akqueue list --all shows what there is");
  const std::string state = text(task.value("state"));
  task.taken = std::ranges::find(task_state::kTaken, state) != task_state::kTaken.end();
  task.object =
      object_name(read_kinds(database), task.value("rel_obj_content_type_id"), text(task.value("rel_obj_id")));
  task.referenced = read_referenced(database, key);
  return task;
}

}  // namespace akqueue
