// The database's own description of a table and of what references it. Identifiers in statements come from here, never
// from a person or from this program's own knowledge of authentik.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::session {

struct Column {
  std::string name;
  std::string type;  ///< as PostgreSQL's format_type prints it, on both engines
  bool nullable = true;
  bool generated = false;        ///< computed from other columns: no INSERT may name it
  bool identity_always = false;  ///< an INSERT that names it needs OVERRIDING SYSTEM VALUE
  bool has_default = false;      ///< an INSERT may leave it out: a default, an identity, or generated
};

struct Table {
  std::string schema;
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> primary_key;
  std::vector<std::string> indexes;
  std::vector<std::string> triggers;
  std::vector<std::string> constraints;
  std::optional<std::int64_t> rows_estimate;
  std::int64_t bytes = 0;                 ///< with indexes and TOAST
  std::optional<std::int64_t> row_bytes;  ///< of an average row; nothing before the database has looked at them
  bool partitioned = false;
  bool inherited = false;     ///< other tables inherit from it; for the requested table: or it from another
  bool row_security = false;  ///< policies decide which rows this user sees
  bool unlogged = false;      ///< its rows do not survive a crash of the database
  bool delete_rules = false;  ///< a rule rewrites or adds to each DELETE

  bool has(std::string_view column) const;
  /// `"public"."authentik_tasks_task"`.
  std::string quoted() const;
};

/// A foreign key.
struct Reference {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
  std::string to_schema;
  std::string to;
  std::vector<std::string> to_columns;
  std::string on_delete;
  bool deferrable = false;  ///< it may be checked at COMMIT
};

/// The requested table and every table that references it, directly or not.
struct Catalog {
  std::vector<Table> tables;  ///< the requested one first; empty if it does not exist
  std::vector<Reference> references;

  const Table* find(std::string_view schema, std::string_view table) const;
};

/// Reads the result of `introspect`. `schema` is for tables that name none. Throws Error (protocol).
Catalog read_catalog(const ForeignJson& result, const std::string& schema);

/// `"name"`, with quotes inside doubled.
std::string quote_identifier(std::string_view name);

}  // namespace akqueue::session
