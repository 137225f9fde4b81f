#include "queue/insert.hpp"

#include <algorithm>

namespace akqueue::sim {
namespace {

/// The column's literal if nobody gives it a value.
std::string literal_for(const SchemaColumn& column) {
  if (column.nullable) return "NULL";
  if (column.type == "jsonb") return "'{}'";
  if (column.type == "boolean" || column.type == "integer" || column.type == "bigint") return "0";
  return "''";
}

std::string statement_text(const SchemaTable& table, const std::vector<std::string>& names) {
  std::string columns;
  std::string values;
  for (const SchemaColumn& column : table.columns) {
    const auto known = std::ranges::find(names, column.name);
    columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name);
    values += (values.empty() ? "" : ", ") +
              (known == names.end() ? literal_for(column) : "?" + std::to_string(known - names.begin() + 1));
  }
  return "INSERT INTO " + quote_identifier(table.name) + " (" + columns + ") VALUES (" + values + ")";
}

}  // namespace

Insert::Insert(Database& database, const SchemaTable& table, const std::vector<std::string>& names)
    : statement_(database.prepare(statement_text(table, names))) {
  for (const std::string& name : names) there_.push_back(table.has(name));
}

}  // namespace akqueue::sim
