#include "replica/catalog.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "replica/schema.hpp"
#include "replica/sql_text.hpp"
#include "replica/values.hpp"

namespace akqueue::sim {
namespace {

using Words = std::vector<std::string>;

/// The assumed size of a row in a table that was not measured.
constexpr std::int64_t kBytesPerRow = 100;
constexpr std::int64_t kPage = 4096;

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Words texts(Database& database, std::string_view sql, const std::string& param) {
  Words words;
  Statement statement = database.prepare(sql);
  statement.bind_text(1, param);
  while (statement.step()) words.emplace_back(statement.text(0));
  return words;
}

Json columns_of(Database& database, const std::string& table) {
  Json columns = Json::array();
  // Of the columns that table_info leaves out, 1 is hidden from everybody, 2 and 3 are generated columns.
  Statement statement = database.prepare(
      "SELECT name, type, \"notnull\", pk, hidden > 1, hidden > 1 OR dflt_value IS NOT NULL FROM "
      "pragma_table_xinfo(?1) WHERE hidden <> 1");
  statement.bind_text(1, table);
  while (statement.step()) {
    columns.push_back({{"name", statement.text(0)},
                       {"type", declared_type_name(statement.text(1))},
                       {"nullable", statement.integer(2) == 0 && statement.integer(3) == 0}});
    if (statement.integer(4) != 0) columns.back()["generated"] = true;
    if (statement.integer(5) != 0) columns.back()["default"] = true;
  }
  return columns;
}

/// In both engines the primary key has its own index, which neither lists.
void add_indexes(Database& database, const std::string& table, Json& indexes, Json& constraints) {
  Statement statement =
      database.prepare("SELECT name, \"unique\", origin FROM pragma_index_list(?1) ORDER BY seq DESC");
  statement.bind_text(1, table);
  while (statement.step()) {
    const std::string columns = "(" +
                                joined(texts(database, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno",
                                             std::string(statement.text(0)))) +
                                ")";
    const std::string_view origin = statement.text(2);
    if (origin == "pk") continue;
    indexes.push_back((statement.integer(1) != 0 ? "UNIQUE btree " : "btree ") + columns);
    if (origin == "u") constraints.push_back("UNIQUE " + columns);
  }
}

/// The highest rowid minus the lowest: two steps into the tree, whatever the size. Gaps count as rows, just as
/// PostgreSQL's estimate counts rows deleted since the last ANALYZE.
Json rows_estimate(Database& database, const std::string& table) {
  try {
    // Two statements: SQLite finds min and max quickly only if each is queried alone.
    const std::string from = "(rowid) FROM " + quote_identifier(table);
    const auto least = database.text_of("SELECT min" + from);
    if (!least) return 0;
    return database.integer_of("SELECT max" + from) - std::stoll(*least) + 1;
  } catch (const Error&) {
    return nullptr;  // a table WITHOUT ROWID
  }
}

/// What the world says of a table's size.
std::int64_t told_of_size(Database& database, const std::string& table, const std::string& column) {
  if (database.integer_of("SELECT count(*) FROM sqlite_schema WHERE name = 'sim_size'") == 0) return 0;
  const SqlValue name = table;
  return database.integer_of("SELECT " + column + " FROM sim_size WHERE table_name = ?1", {&name, 1});
}

std::int64_t row_bytes(Database& database, const std::string& table) {
  const std::int64_t told = told_of_size(database, table, "bytes_per_row");
  return told == 0 ? kBytesPerRow : told;
}

/// A table that has lost rows stays as large as it was made.
std::int64_t bytes_estimate(Database& database, const std::string& table, const Json& rows) {
  const std::int64_t count = rows.is_number() ? rows.get<std::int64_t>() : 0;
  return std::max({kPage, count * row_bytes(database, table), told_of_size(database, table, "allocated")});
}

/// `name: definition`, for authentik's own triggers with PostgreSQL's text.
Words triggers_of(Database& database, const std::string& table) {
  Words triggers;
  const bool told = database.integer_of("SELECT count(*) FROM sqlite_schema WHERE name = 'sim_trigger'") != 0;
  Statement statement =
      database.prepare(std::string("SELECT name, substr(sql, instr(sql, 'AFTER')), ") +
                       (told ? "(SELECT definition FROM sim_trigger d WHERE d.name = s.name)" : "NULL") +
                       " FROM sqlite_schema s WHERE type = 'trigger' AND tbl_name = ?1 AND name NOT LIKE 'sim\\_%' "
                       "ESCAPE '\\' ORDER BY name");
  statement.bind_text(1, table);
  while (statement.step()) {
    triggers.push_back(statement.kind(2) == SqlKind::null
                           ? std::string(statement.text(0)) + ": " + std::string(statement.text(1))
                           : std::string(statement.text(2)));
  }
  return triggers;
}

Json describe(Database& database, const std::string& table) {
  Json indexes = Json::array();
  Json constraints = Json::array();
  const SqlValue name = table;
  const auto text = database.text_of("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", {&name, 1});
  for (const std::string& check : checks_in(text.value_or(""))) constraints.push_back(check);
  add_indexes(database, table, indexes, constraints);
  const Json rows = rows_estimate(database, table);
  return {{"name", table},
          {"columns", columns_of(database, table)},
          {"primary_key", texts(database, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table)},
          {"indexes", indexes},
          {"triggers", triggers_of(database, table)},
          {"constraints", constraints},
          {"rows_estimate", rows},
          {"bytes", bytes_estimate(database, table, rows)},
          {"row_bytes", row_bytes(database, table)}};
}

/// For the key to which SQLite gave the number `id`: it counts from the last one in the table's text.
bool is_deferrable(std::string_view create_table, std::int64_t id) {
  const std::vector<bool> keys = deferrable_keys_in(create_table);
  const auto place = static_cast<std::int64_t>(keys.size()) - 1 - id;
  return place >= 0 && keys[static_cast<std::size_t>(place)];
}

/// The foreign keys that point to `table`. A key without column names means the primary key.
Json references_to(Database& database, const std::string& table) {
  Json references = Json::array();
  Statement keys = database.prepare(
      "SELECT s.name, k.id, k.\"from\", coalesce(k.\"to\", (SELECT name FROM pragma_table_info(k.\"table\") WHERE pk = "
      "k.seq + 1)),"
      " k.on_delete, k.seq, s.sql FROM sqlite_schema s, pragma_foreign_key_list(s.name) k"
      " WHERE s.type = 'table' AND lower(k.\"table\") = lower(?1) ORDER BY s.name, k.id DESC, k.seq");
  keys.bind_text(1, table);
  while (keys.step()) {
    if (keys.integer(5) == 0) {
      references.push_back({{"table", keys.text(0)},
                            {"columns", Json::array()},
                            {"to", table},
                            {"to_columns", Json::array()},
                            {"on_delete", keys.text(4)}});
      if (is_deferrable(keys.text(6), keys.integer(1))) references.back()["deferrable"] = true;
    }
    references.back()["columns"].push_back(keys.text(2));
    references.back()["to_columns"].push_back(keys.text(3));
  }
  return references;
}

}  // namespace

Json introspect(Database& database, std::string_view table) {
  Json tables = Json::array();
  Json references = Json::array();
  const SqlValue wanted = std::string(table);
  const bool known =
      database.integer_of("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", {&wanted, 1}) != 0;
  Words seen;
  std::deque<std::string> todo;
  if (known) todo.emplace_back(table);
  while (!todo.empty()) {
    const std::string name = todo.front();
    todo.pop_front();
    if (std::ranges::find(seen, name) != seen.end()) continue;
    seen.push_back(name);
    tables.push_back(describe(database, name));
    for (const Json& reference : references_to(database, name)) {
      todo.push_back(reference.at("table").get<std::string>());
      references.push_back(reference);
    }
  }
  return {{"tables", tables}, {"references", references}};
}

}  // namespace akqueue::sim
