#include "replica/schema.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "embedded.hpp"

namespace akqueue::sim {
namespace {

constexpr std::string_view kSchemaFolder = "schema/";
constexpr std::string_view kSchemaEnding = ".json";

/// Tables of Django and of the tenants that the task tables point to; only the columns that matter here.
constexpr const char* kReferencedTables = R"(
CREATE TABLE django_content_type (
  id integer NOT NULL PRIMARY KEY, app_label character varying NOT NULL, model character varying NOT NULL,
  UNIQUE (app_label, model));
CREATE TABLE authentik_tenants_tenant (
  tenant_uuid uuid NOT NULL PRIMARY KEY, schema_name character varying NOT NULL UNIQUE, name text NOT NULL,
  ready boolean NOT NULL);
)";

SchemaTable read_table(const std::string& name, const ForeignJson& description) {
  using Names = std::vector<std::string>;
  SchemaTable table;
  table.name = name;
  for (const ForeignJson& column : description.at("columns")) {
    table.columns.push_back({column.at("name").get<std::string>(), column.at("type").get<std::string>(),
                             column.at("nullable").get<bool>()});
  }
  table.primary_key = description.at("primary_key").get<Names>();
  table.foreign_keys = description.at("foreign_keys").get<Names>();
  table.constraints = description.at("constraints").get<Names>();
  table.indexes = description.at("indexes").get<Names>();
  table.triggers = description.at("triggers").get<Names>();
  table.aggregated_status_from = description.value("aggregated_status_from", "_messages");
  return table;
}

std::string create_statement(const SchemaTable& table) {
  std::string sql = "CREATE TABLE " + quote_identifier(table.name) + " (\n";
  for (const SchemaColumn& column : table.columns) {
    sql += "  " + quote_identifier(column.name) + " " + quote_identifier(column.type) +
           (column.nullable ? ",\n" : " NOT NULL,\n");
  }
  std::string key;
  for (const std::string& column : table.primary_key) key += (key.empty() ? "" : ", ") + quote_identifier(column);
  sql += "  PRIMARY KEY (" + key + ")";
  for (const std::string& constraint : table.constraints) sql += ",\n  " + constraint;
  for (const std::string& foreign_key : table.foreign_keys) sql += ",\n  " + foreign_key;
  return sql + ")";
}

}  // namespace

bool SchemaTable::has(std::string_view column) const {
  return std::ranges::find(columns, column, &SchemaColumn::name) != columns.end();
}

const SchemaTable* Schema::find(std::string_view table) const {
  const auto found = std::ranges::find(tables, table, &SchemaTable::name);
  return found == tables.end() ? nullptr : &*found;
}

std::vector<std::string> known_releases() {
  std::vector<std::string> releases;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.name.starts_with(kSchemaFolder)) continue;
    releases.emplace_back(
        file.name.substr(kSchemaFolder.size(), file.name.size() - kSchemaFolder.size() - kSchemaEnding.size()));
  }
  return releases;
}

Schema read_schema(std::string_view release) {
  const auto text = embedded_file(std::string(kSchemaFolder) + std::string(release) + std::string(kSchemaEnding));
  if (!text) throw Error(ErrorCode::system, "there is no description of the tables of release " + std::string(release));
  Schema schema;
  schema.release = release;
  // In the order of the file: a table comes after those that it references.
  const auto description = Json::parse(*text);
  schema.version = description.at("version").get<std::string>();
  schema.states = description.at("states").get<std::vector<std::string>>();
  for (const auto& [name, table] : description.at("tables").items())
    schema.tables.push_back(read_table(name, ForeignJson(table)));
  return schema;
}

void create_tables(Database& database, const Schema& schema) {
  database.run(kReferencedTables);
  for (const SchemaTable& table : schema.tables) database.run(create_statement(table));
}

void create_indexes(Database& database, const SchemaTable& table) {
  int number = 0;
  for (const std::string& index : table.indexes) {
    // A UNIQUE index exists already, from its constraint.
    if (index.starts_with("UNIQUE ")) continue;
    const std::string columns = index.substr(index.find('('));
    database.run("CREATE INDEX " + quote_identifier(table.name + "_" + std::to_string(++number)) + " ON " +
                 quote_identifier(table.name) + " " + columns);
  }
}

std::string quote_identifier(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

}  // namespace akqueue::sim
