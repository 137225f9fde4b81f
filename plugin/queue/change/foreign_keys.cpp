#include "queue/change/foreign_keys.hpp"

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kMessageId = "message_id";

[[noreturn]] void refuse(const Reference& reference, const std::string& why) {
  throw Error(ErrorCode::unsupported,
              "table " + reference.schema + "." + reference.table + " references " + reference.to + ": " + why,
              "nothing was deleted; please report this table with the release of authentik that has it");
}

bool sets_a_value(const Reference& reference) {
  return reference.on_delete == "SET NULL" || reference.on_delete == "SET DEFAULT";
}

constexpr std::string_view kReport = "please report this table with the release of authentik that has it";

[[noreturn]] void refuse(const Table& table, const std::string& why, const std::string& what_to_do) {
  throw Error(ErrorCode::unsupported, "table " + table.schema + "." + table.name + " " + why,
              "nothing was deleted; " + what_to_do);
}

void check_can_be_kept(const Table& table) {
  if (table.row_security) {
    refuse(table,
           "shows this user only the rows that its policies allow (row security): the others would go with their "
           "tasks, and the backup would not have them",
           "let authentik's database user bypass row security (ALTER ROLE … BYPASSRLS), or take the policies from the "
           "table (ALTER TABLE … NO FORCE ROW LEVEL SECURITY)");
  }
  if (table.delete_rules) {
    refuse(table, "has a rule on DELETE: more or other rows could go than those in the backup",
           "disable the rule meanwhile: ALTER TABLE … DISABLE RULE …");
  }
}

}  // namespace

void check_can_be_kept(const Catalog& catalog) {
  const Table& task = catalog.tables.front();
  if (task.partitioned)
    refuse(task, "is partitioned: its rows are found by their place, which several partitions have",
           std::string(kReport));
  for (const Table& table : catalog.tables) {
    if (table.inherited) {
      const bool tasks = &table == &task;
      refuse(
          table,
          tasks
              ? "inherits from a table, or others from it: its rows are found by their place, which several tables have"
              : "has tables that inherit from it: their rows would go as well, and the backup would lack the columns "
                "that only they have",
          std::string(kReport));
    }
    check_can_be_kept(table);
  }
}

std::vector<ReferencingRows> rows_to_delete_first(const Catalog& catalog) {
  check_can_be_kept(catalog);
  const Table& task = catalog.tables.front();
  std::vector<ReferencingRows> rows;
  for (const Reference& reference : catalog.references) {
    if (reference.to != task.name || reference.to_schema != task.schema) {
      refuse(reference, "rows two steps away from a task are not handled");
    }
    if (reference.table == task.name && reference.schema == task.schema)
      refuse(reference, "tasks that own tasks are not handled");
    if (reference.columns.size() != 1) refuse(reference, "a key of several columns is not handled");
    if (reference.to_columns != std::vector<std::string>{std::string(kMessageId)})
      refuse(reference, "it does not name the message id");
    if (sets_a_value(reference))
      refuse(reference, "the database would change its rows (ON DELETE " + reference.on_delete + ")");
    const Table* table = catalog.find(reference.schema, reference.table);
    if (table == nullptr) refuse(reference, "the catalog does not describe it");
    rows.push_back({table, reference.columns.front()});
  }
  return rows;
}

}  // namespace akqueue
