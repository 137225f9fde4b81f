#include "session/catalog.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"

namespace akqueue::session {
namespace {

using Words = std::vector<std::string>;

/// What is left out is false.
bool is(const ForeignJson& object, const char* what) { return object.value(what, false); }

Column read_column(const ForeignJson& object) {
  Column column{object.at("name").get<std::string>(), object.at("type").get<std::string>(),
                object.at("nullable").get<bool>()};
  column.generated = is(object, "generated");
  column.identity_always = object.value("identity", "") == "always";
  column.has_default = is(object, "default");
  return column;
}

Table read_table(const ForeignJson& object, const std::string& schema) {
  Table table;
  table.schema = object.value("schema", schema);
  table.name = object.at("name").get<std::string>();
  for (const ForeignJson& column : object.at("columns")) table.columns.push_back(read_column(column));
  table.primary_key = object.at("primary_key").get<Words>();
  table.indexes = object.value("indexes", Words());
  table.triggers = object.value("triggers", Words());
  table.constraints = object.value("constraints", Words());
  const auto estimate = object.find("rows_estimate");
  if (estimate != object.end() && estimate->is_number_integer()) table.rows_estimate = estimate->get<std::int64_t>();
  table.bytes = object.value("bytes", std::int64_t{0});
  if (const auto row = object.find("row_bytes"); row != object.end() && row->is_number_integer())
    table.row_bytes = row->get<std::int64_t>();
  table.partitioned = is(object, "partitioned");
  table.inherited = is(object, "inherited");
  table.row_security = is(object, "row_security");
  table.unlogged = is(object, "unlogged");
  table.delete_rules = is(object, "rules");
  return table;
}

Reference read_reference(const ForeignJson& object, const std::string& schema) {
  return {object.value("schema", schema),
          object.at("table").get<std::string>(),
          object.at("columns").get<Words>(),
          object.value("to_schema", schema),
          object.at("to").get<std::string>(),
          object.at("to_columns").get<Words>(),
          object.at("on_delete").get<std::string>(),
          is(object, "deferrable")};
}

}  // namespace

bool Table::has(std::string_view column) const {
  return std::ranges::find(columns, column, &Column::name) != columns.end();
}

std::string Table::quoted() const { return quote_identifier(schema) + "." + quote_identifier(name); }

const Table* Catalog::find(std::string_view schema, std::string_view table) const {
  const auto found =
      std::ranges::find_if(tables, [&](const Table& one) { return one.schema == schema && one.name == table; });
  return found == tables.end() ? nullptr : &*found;
}

Catalog read_catalog(const ForeignJson& result, const std::string& schema) {
  try {
    Catalog catalog;
    for (const ForeignJson& table : result.at("tables")) catalog.tables.push_back(read_table(table, schema));
    for (const ForeignJson& reference : result.at("references"))
      catalog.references.push_back(read_reference(reference, schema));
    return catalog;
  } catch (const ForeignJson::exception& wrong) {
    throw Error(ErrorCode::protocol,
                std::string("the peer's description of the tables can't be read: ") + wrong.what());
  }
}

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace akqueue::session
