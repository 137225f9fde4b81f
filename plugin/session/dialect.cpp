#include "session/dialect.hpp"

#include <algorithm>
#include <charconv>

namespace akqueue {
namespace {

std::string column(std::string_view alias, std::string_view name) { return std::string(alias) + "." + quote_identifier(name); }

class PostgresDialect final : public Dialect {
 public:
  explicit PostgresDialect(int major) : major_(major) {}

  // A worker's lock on a task is an advisory lock whose key is the first 8 bytes of
  // sha256('authentik.tasks.<queue>.lock.<message_id>') read as a little-endian integer. pg_locks shows that integer as
  // classid (high half) and objid (low half). The locks are few, so theirs are turned back into bytes and the digest is
  // made once a row:
  //   SELECT count(*) FROM authentik_tasks_task t WHERE t.state = 'running' AND <this>
  std::string held(std::string_view alias) const override {
    return "substr(sha256(convert_to('authentik.tasks.' || " + column(alias, "queue_name") + " || '.lock.' || CAST(" +
           column(alias, "message_id") +
           " AS text), 'UTF8')), 1, 8) IN (SELECT decode(" + reversed_bytes("l.objid") + " || " + reversed_bytes("l.classid") +
           ", 'hex') FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted"
           " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))";
  }

  std::string lock_rows(std::string_view alias) const override {
    return " FOR UPDATE OF " + std::string(alias) + " SKIP LOCKED";
  }

  std::string in_range(Statement& statement, std::string_view alias, std::int64_t from, std::int64_t to) const override {
    const std::string row = std::string(alias) + ".ctid";
    const std::string low = statement.bind("(" + std::to_string(from) + ",0)");
    const std::string high = statement.bind("(" + std::to_string(to) + ",0)");
    return row + " >= CAST(" + low + " AS tid) AND " + row + " < CAST(" + high + " AS tid)";
  }

  // Before PostgreSQL 14 a range of ctid was searched by reading the whole table: no range then, only the last sweep.
  std::string extent(const Table& table) const override {
    if (major_ < 14) return "SELECT 0";
    return "SELECT pg_catalog.pg_relation_size(CAST('" + literal(table.quoted()) +
           "' AS regclass)) / CAST(current_setting('block_size') AS bigint)";
  }

  std::int64_t first_step() const override { return 100; }

  // A json column (not jsonb) keeps its line ends, which a line of the wire can't carry; between JSON's tokens they are
  // white space, and inside a string they can't stand.
  std::string row_json(const Table& table, std::string_view alias) const override {
    const std::string json = "row_to_json(" + std::string(alias) + ")";
    if (std::ranges::find(table.columns, "json", &Column::type) == table.columns.end()) return json;
    return "replace(CAST(" + json + " AS text), chr(10), ' ')";
  }

  std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const override {
    return {"CREATE TEMPORARY TABLE " + std::string(name) + " (" + std::string(columns) + ") ON COMMIT DROP"};
  }

  // Without statistics the planner takes a fresh table for a large one and scans all log rows for each batch.
  std::vector<std::string> after_filling(std::string_view name) const override { return {"ANALYZE " + std::string(name)}; }

 private:
  static std::string literal(std::string_view text) {
    std::string quoted;
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return quoted;
  }

  static std::string reversed_bytes(std::string_view half) {
    return "regexp_replace(lpad(to_hex(CAST(" + std::string(half) +
           " AS bigint)), 8, '0'), '(..)(..)(..)(..)', '\\4\\3\\2\\1')";
  }

  int major_;
};

class SqliteDialect final : public Dialect {
 public:
  std::string held(std::string_view alias) const override {
    return column(alias, "message_id") + " IN (SELECT h.message_id FROM akqueue_held h)";
  }

  // One writer at a time: nobody else can have a row locked.
  std::string lock_rows(std::string_view) const override { return {}; }

  std::string in_range(Statement& statement, std::string_view alias, std::int64_t from, std::int64_t to) const override {
    const std::string row = std::string(alias) + ".rowid";
    const std::string low = statement.bind(from);
    const std::string high = statement.bind(to);
    return row + " >= " + low + " AND " + row + " < " + high;
  }

  std::string extent(const Table& table) const override { return "SELECT coalesce(max(rowid), -1) + 1 FROM " + table.quoted(); }

  std::int64_t first_step() const override { return 1000; }

  std::string row_json(const Table& table, std::string_view alias) const override {
    std::string pairs;
    for (const Column& one : table.columns) {
      const std::string value = column(alias, one.name);
      std::string shown = value;
      if (one.type == "bytea") shown = "'\\x' || lower(hex(" + value + "))";
      if (one.type == "jsonb" || one.type == "json") shown = "json(" + value + ")";
      if (one.type == "boolean") shown = "json(CASE " + value + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END)";
      if (one.type == "bytea") shown = "CASE WHEN " + value + " IS NOT NULL THEN " + shown + " END";
      pairs += (pairs.empty() ? "'" : ", '") + one.name + "', " + shown;
    }
    return "json_object(" + pairs + ")";
  }

  std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const override {
    return {"CREATE TEMPORARY TABLE IF NOT EXISTS " + std::string(name) + " (" + std::string(columns) + ")",
            "DELETE FROM " + std::string(name)};
  }

  std::vector<std::string> after_filling(std::string_view) const override { return {}; }
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(std::string_view engine, std::string_view server_version) {
  if (engine == "sqlite") return std::make_unique<SqliteDialect>();
  if (engine != "postgresql") {
    throw Error(ErrorCode::unsupported, "the database is " + std::string(engine) + ", which this version does not know");
  }
  int major = 0;
  std::from_chars(server_version.data(), server_version.data() + server_version.size(), major);
  return std::make_unique<PostgresDialect>(major);
}

}  // namespace akqueue
