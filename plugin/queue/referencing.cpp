#include "queue/referencing.hpp"

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

}  // namespace

std::vector<ReferencingRows> rows_to_delete_first(const Catalog& catalog) {
  const Table& task = catalog.tables.front();
  std::vector<ReferencingRows> rows;
  for (const Reference& reference : catalog.references) {
    if (reference.to != task.name || reference.to_schema != task.schema) {
      refuse(reference, "rows two steps away from a task are not handled");
    }
    if (reference.table == task.name && reference.schema == task.schema) refuse(reference, "tasks that own tasks are not handled");
    if (reference.columns.size() != 1) refuse(reference, "a key of several columns is not handled");
    if (reference.to_columns != std::vector<std::string>{std::string(kMessageId)}) refuse(reference, "it does not name the message id");
    if (sets_a_value(reference)) refuse(reference, "the database would change its rows (ON DELETE " + reference.on_delete + ")");
    const Table* table = catalog.find(reference.schema, reference.table);
    if (table == nullptr) refuse(reference, "the catalog does not describe it");
    rows.push_back({table, reference.columns.front()});
  }
  return rows;
}

}  // namespace akqueue
