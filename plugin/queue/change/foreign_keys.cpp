#include "queue/change/foreign_keys.hpp"

#include "akqueue/error.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kMessageId = "message_id";

[[noreturn]] void refuse(const session::Reference& reference, const std::string& why) {
  throw Error(ErrorCode::unsupported,
              "table " + reference.schema + "." + reference.table + " references " + reference.to + ": " + why,
              "nothing was deleted; please report this table and your release of authentik");
}

bool sets_a_value(const session::Reference& reference) {
  return reference.on_delete == "SET NULL" || reference.on_delete == "SET DEFAULT";
}

constexpr std::string_view kReport = "please report this table and your release of authentik";

[[noreturn]] void refuse(const session::Table& table, const std::string& why, const std::string& what_to_do) {
  throw Error(ErrorCode::unsupported, "table " + table.schema + "." + table.name + " " + why,
              "nothing was deleted; " + what_to_do);
}

void check_can_be_kept(const session::Table& table) {
  if (table.row_security) {
    refuse(
        table,
        "shows this user only the rows that its policies allow (row security): the others would be deleted with their "
        "tasks, and would be missing from the backup",
        "let authentik's database user bypass row security (ALTER ROLE … BYPASSRLS), or stop enforcing it for the "
        "table's owner (ALTER TABLE … NO FORCE ROW LEVEL SECURITY)");
  }
  if (table.delete_rules) {
    refuse(table, "has a rule on DELETE: it could delete more or other rows than those in the backup",
           "disable the rule for the time being: ALTER TABLE … DISABLE RULE …");
  }
}

}  // namespace

void check_can_be_kept(const session::Catalog& catalog) {
  const session::Table& task = catalog.tables.front();
  if (task.partitioned)
    refuse(task, "is partitioned: rows are found by their place, and the same place exists in several partitions",
           std::string(kReport));
  for (const session::Table& table : catalog.tables) {
    if (table.inherited) {
      const bool tasks = &table == &task;
      refuse(table,
             tasks ? "inherits from a table, or is inherited from: rows are found by their place, and the same place "
                     "exists in several tables"
                   : "has tables that inherit from it: their rows would be deleted as well, and the backup would lack "
                     "the columns "
                     "that only they have",
             std::string(kReport));
    }
    check_can_be_kept(table);
  }
}

std::vector<ReferencingRows> rows_to_delete_first(const session::Catalog& catalog) {
  check_can_be_kept(catalog);
  const session::Table& task = catalog.tables.front();
  std::vector<ReferencingRows> rows;
  for (const session::Reference& reference : catalog.references) {
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
    const session::Table* table = catalog.find(reference.schema, reference.table);
    if (table == nullptr) refuse(reference, "the catalog does not describe it");
    rows.push_back({table, reference.columns.front()});
  }
  return rows;
}

}  // namespace akqueue::queue
