// authentik's task tables in SQLite, made from the description of a release (fixtures/schema/*.json, read from
// PostgreSQL's catalog): the declared types are PostgreSQL's own names, so that the catalog gives the same answers.
//
// How values are stored: uuid as lower-case text, timestamps as the 27 characters of akqueue/time.hpp, booleans as 0
// and 1, jsonb as text, bytea as a blob. Triggers convert what statements write to that form (triggers.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "replica/database.hpp"

namespace akqueue::sim {

struct SchemaColumn {
  std::string name;
  std::string type;
  bool nullable = true;
};

struct SchemaTable {
  std::string name;
  std::vector<SchemaColumn> columns;
  std::vector<std::string> primary_key;
  std::vector<std::string> foreign_keys;  ///< as SQL text
  std::vector<std::string> constraints;   ///< as SQL text
  std::vector<std::string> indexes;       ///< `btree (a, b)`, `UNIQUE btree (a)`
  std::vector<std::string> triggers;      ///< name, `: `, PostgreSQL's definition
  std::string aggregated_status_from;     ///< where a trigger finds the worst level: a column, or the log table

  bool has(std::string_view column) const;
};

struct Schema {
  std::string release;              ///< the file's name: `2025.10`
  std::string version;              ///< of an authentik that has these tables
  std::vector<std::string> states;  ///< those that it knows
  std::vector<SchemaTable> tables;

  const SchemaTable* find(std::string_view table) const;
};

/// The releases of which the binary has a description, by name.
std::vector<std::string> known_releases();

/// Throws Error (system) for a release without a description.
Schema read_schema(std::string_view release);

/// Creates the tables of the schema and those of Django that they reference, empty and without indexes.
void create_tables(Database& database, const Schema& schema);

/// Creates the indexes. Cheapest once the rows are there.
void create_indexes(Database& database, const SchemaTable& table);

/// `"name"`, with quotes inside doubled.
std::string quote_identifier(std::string_view name);

}  // namespace akqueue::sim
