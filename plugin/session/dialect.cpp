#include "session/dialect.hpp"

#include <algorithm>
#include <charconv>

namespace akqueue {
namespace {

std::string column(std::string_view alias, std::string_view name) {
  return std::string(alias) + "." + quote_identifier(name);
}

/// What goes between the quotes of a text.
std::string literal(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted;
}

std::string json_list(const std::vector<Uuid>& ids) {
  constexpr std::size_t kEach = 39;
  std::string text = "[";
  text.reserve(ids.size() * kEach + 2);
  for (const Uuid& id : ids) text += (text.size() == 1 ? "\"" : ",\"") + id.to_string() + "\"";
  return text + "]";
}

std::string written_out(std::span<const Uuid> ids, std::string_view quote) {
  std::string list;
  for (const Uuid& id : ids) {
    if (!list.empty()) list += ',';
    list.append(quote).append(id.to_string()).append(quote);
  }
  return list;
}

class PostgresDialect final : public Dialect {
 public:
  explicit PostgresDialect(int major) : major_(major) {}

  // A worker's lock on a task is an advisory lock whose key is the first 8 bytes of
  // sha256('authentik.tasks.<queue>.lock.<message_id>') read as a little-endian integer. pg_locks shows that integer as
  // classid (high half) and objid (low half). The locks are few, so theirs are turned back into bytes and the digest is
  // made once a row:
  //   SELECT count(*) FROM authentik_tasks_task t WHERE t.state = 'running' AND <this>
  std::string held(std::string_view alias) const override {
    return lock_key(alias) + " IN (SELECT " + key_of_lock() + " FROM pg_catalog.pg_locks l WHERE " + is_lock() + ")";
  }

  std::string holders(std::string_view alias) const override {
    return "(SELECT " + key_of_lock() +
           " AS key, coalesce(host(a.client_addr), '') AS holder FROM pg_catalog.pg_locks l"
           " JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE " +
           is_lock() + ") AS " + std::string(alias);
  }

  std::string lock_key(std::string_view alias) const override {
    return "substr(sha256(convert_to('authentik.tasks.' || " + column(alias, "queue_name") + " || '.lock.' || CAST(" +
           column(alias, "message_id") + " AS text), 'UTF8')), 1, 8)";
  }

  std::string lock_rows(std::string_view alias) const override {
    return " FOR UPDATE OF " + std::string(alias) + " SKIP LOCKED";
  }

  std::string in_range(Statement& statement, std::string_view alias, std::int64_t from,
                       std::int64_t to) const override {
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

  std::string returned(std::string_view alias, std::string_view name) const override { return column(alias, name); }

  bool has_binary_form() const override { return true; }

  // Not a cast to text: that of character(n) loses blanks, that of inet its form. And not IS NOT NULL, which of a
  // composite value is false when one of its columns is NULL.
  std::string as_text(std::string_view, const std::string& value) const override {
    return "CASE num_nulls(" + value + ") WHEN 0 THEN concat(" + value + ") END";
  }

  std::string size_of(std::string_view type, const std::string& value) const override {
    const auto portable = portable_type(type);
    const bool told =
        portable && !portable->array && (portable->kind == PortableKind::bytea || portable->kind == PortableKind::text);
    return (told ? "octet_length(" : "pg_column_size(") + value + ")";
  }

  // As the element of an array: a cast of its own from text (that to regclass takes no number) would not be the type's
  // input.
  std::string from_text(std::string_view type, const std::string& text) const override {
    if (type.ends_with("[]")) return "CAST(" + text + " AS " + std::string(type) + ")";
    const std::string quoted = "'{\"' || replace(replace(" + text + R"(, E'\\', E'\\\\'), '"', E'\\"') || '"}')";
    return "(CAST(" + quoted + " AS " + std::string(type) + "[]))[1]";
  }

  std::string staged_type(const std::optional<PortableType>& type) const override {
    return type ? type->name() : "text";
  }

  std::string snapshot() const override { return "SELECT CAST(txid_current_snapshot() AS text)"; }

  // xmin:xmax:xip1,xip2,…: all transactions before xmax have ended but for those that are named. A row tells the low
  // half of the number of the transaction that wrote it; which half is meant follows from the distance, as in
  // PostgreSQL itself.
  std::string seen(Statement& statement, std::string_view alias, const std::string& snapshot) const override {
    constexpr std::uint64_t kWrap = 1ull << 32;
    const auto number = [](std::string_view text) {
      std::uint64_t value = 0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      return value;
    };
    const std::string_view text = snapshot;
    const auto first = text.find(':');
    const auto second = text.find(':', first + 1);
    const std::uint64_t next = number(text.substr(first + 1, second - first - 1)) % kWrap;
    std::string running = "{";
    for (std::string_view rest = text.substr(second + 1); !rest.empty();) {
      const auto comma = rest.find(',');
      running += (running.size() == 1 ? "" : ",") + std::to_string(number(rest.substr(0, comma)) % kWrap);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    const std::string writer = "CAST(CAST(" + std::string(alias) + ".xmin AS text) AS bigint)";
    const std::string distance =
        "(" + writer + " - CAST(" + statement.bind(next) + " AS bigint) + 6442450944) % 4294967296 - 2147483648";
    // What was frozen in the old way has 2.
    const std::string ended = "(" + writer + " < 3 OR " + distance + " < 0)";
    if (running.size() == 1) return ended;
    return ended + " AND " + writer + " <> ALL (CAST(" + statement.bind(running + "}") + " AS bigint[]))";
  }

  std::string own_row(std::string_view alias) const override {
    return std::string(alias) + ".xmin = CAST(CAST(txid_current() % 4294967296 AS text) AS xid)";
  }

  std::vector<std::string> before_restoring() const override {
    // The number means "akqueue" and is nobody else's; it is let go at the transaction's end.
    return {"SELECT pg_advisory_xact_lock(27418525166)", "SET CONSTRAINTS ALL DEFERRED"};
  }

  std::string_view overriding() const override { return " OVERRIDING SYSTEM VALUE"; }

  std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const override {
    return {"CREATE TEMPORARY TABLE " + std::string(name) + " (" + std::string(columns) + ") ON COMMIT DROP"};
  }

  std::string row_id(std::string_view alias) const override { return std::string(alias) + ".ctid"; }

  std::string_view row_id_type() const override { return "tid"; }

  // Not IN: of a fresh temporary table the planner has no statistics, and scans all log rows for each batch. An array
  // always means the index, or for a ctid the row itself.
  std::string among(const std::string& value, const std::string& query) const override {
    return value + " = ANY(ARRAY(" + query + "))";
  }

  std::string listed(Statement& statement, const std::vector<Uuid>& ids) const override {
    return "SELECT CAST(i.value AS uuid) FROM json_array_elements_text(CAST(" + statement.bind(json_list(ids)) +
           " AS json)) AS i(value)";
  }

  std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const override {
    return value + " = ANY (CAST('{" + written_out(ids, "") + "}' AS uuid[]))";
  }

  std::string transaction_id() const override { return "SELECT CAST(txid_current() AS text)"; }

  std::string fate_of_transaction(Statement& statement, const std::string& id) const override {
    return "SELECT txid_status(CAST(" + statement.bind(id) + " AS bigint))";
  }

  // json, not jsonb: numbers keep all of their digits.
  std::string unpacked(const Table& table, const std::vector<Column>&, std::string_view staged,
                       std::string_view alias) const override {
    return std::string(staged) + " AS s CROSS JOIN LATERAL json_populate_record(CAST(NULL AS " + table.quoted() +
           "), CAST(s.row AS json)) AS " + std::string(alias);
  }

  bool can_sample() const override { return true; }

  std::string sampled(double share) const override {
    constexpr double kLeastPercent = 0.0001;
    return "TABLESAMPLE SYSTEM (" + std::to_string(std::clamp(share * 100, kLeastPercent, 100.0)) + ")";
  }

  std::string contains(const std::string& value, const std::string& needle) const override {
    return "strpos(lower(" + value + "), lower(" + needle + ")) > 0";
  }

  std::string elements(const std::string& array, std::string_view alias) const override {
    return "(SELECT v.value FROM jsonb_array_elements(CASE jsonb_typeof(" + array + ") WHEN 'array' THEN " + array +
           " ELSE '[]' END) AS v(value) WHERE jsonb_typeof(v.value) = 'object') AS " + std::string(alias);
  }

 private:
  static std::string key_of_lock() {
    return "decode(" + reversed_bytes("l.objid") + " || " + reversed_bytes("l.classid") + ", 'hex')";
  }

  static std::string is_lock() {
    return "l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted"
           " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())";
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

  std::string holders(std::string_view alias) const override {
    return "(SELECT l.message_id AS key, l.worker AS holder FROM akqueue_held AS l) AS " + std::string(alias);
  }

  std::string lock_key(std::string_view alias) const override { return column(alias, "message_id"); }

  // One writer at a time: nobody else can have a row locked.
  std::string lock_rows(std::string_view) const override { return {}; }

  std::string in_range(Statement& statement, std::string_view alias, std::int64_t from,
                       std::int64_t to) const override {
    const std::string row = std::string(alias) + ".rowid";
    const std::string low = statement.bind(from);
    const std::string high = statement.bind(to);
    return row + " >= " + low + " AND " + row + " < " + high;
  }

  std::string extent(const Table& table) const override {
    return "SELECT coalesce(max(rowid), -1) + 1 FROM " + table.quoted();
  }

  std::int64_t first_step() const override { return 1000; }

  // SQLite knows no alias in RETURNING: columns go without, which a SELECT from one table takes as well.
  std::string returned(std::string_view, std::string_view name) const override { return quote_identifier(name); }

  bool has_binary_form() const override { return false; }

  std::string as_text(std::string_view type, const std::string& value) const override {
    if (type == "bytea")
      return "CASE typeof(" + value + ") WHEN 'blob' THEN '\\x' || lower(hex(" + value + ")) ELSE " + value + " END";
    return value;
  }

  std::string size_of(std::string_view, const std::string& value) const override {
    return "length(CAST(" + value + " AS blob))";
  }

  // The replica's triggers bring texts into the form in which it keeps a type.
  std::string from_text(std::string_view, const std::string& text) const override { return text; }

  std::string staged_type(const std::optional<PortableType>&) const override { return {}; }

  // The replica counts every change of a task.
  std::string snapshot() const override { return "SELECT CAST(c.changes AS text) FROM akqueue_changes AS c"; }

  std::string seen(Statement& statement, std::string_view alias, const std::string& snapshot) const override {
    std::int64_t changes = 0;
    std::from_chars(snapshot.data(), snapshot.data() + snapshot.size(), changes);
    return "coalesce((SELECT v.change FROM akqueue_change AS v WHERE v.message_id = " + column(alias, "message_id") +
           "), 0) <= " + statement.bind(changes);
  }

  std::string own_row(std::string_view) const override { return "1 = 1"; }

  std::vector<std::string> before_restoring() const override { return {}; }

  std::string_view overriding() const override { return {}; }

  std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const override {
    return {"CREATE TEMPORARY TABLE IF NOT EXISTS " + std::string(name) + " (" + std::string(columns) + ")",
            "DELETE FROM " + std::string(name)};
  }

  std::string row_id(std::string_view alias) const override { return std::string(alias) + ".rowid"; }

  std::string_view row_id_type() const override { return "integer"; }

  std::string among(const std::string& value, const std::string& query) const override {
    return value + " IN (" + query + ")";
  }

  std::string listed(Statement& statement, const std::vector<Uuid>& ids) const override {
    return "SELECT i.value FROM json_each(" + statement.bind(json_list(ids)) + ") AS i";
  }

  std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const override {
    return value + " IN (" + written_out(ids, "'") + ")";
  }

  std::string transaction_id() const override { return {}; }

  std::string fate_of_transaction(Statement&, const std::string&) const override { return {}; }

  // The replica's triggers bring texts into the form in which it keeps a type; JSON stays JSON.
  std::string unpacked(const Table&, const std::vector<Column>& columns, std::string_view staged,
                       std::string_view alias) const override {
    std::string list;
    for (const Column& column : columns) {
      const bool json = column.type == "jsonb" || column.type == "json";
      const std::string path = literal("$." + quote_identifier(column.name));
      const std::string value = std::string("s.row ") + (json ? "->" : "->>") + " '" + path + "'";
      list += (list.empty() ? "" : ", ") + (json ? "nullif(" + value + ", 'null')" : value) + " AS " +
              quote_identifier(column.name);
    }
    return "(SELECT " + list + " FROM " + std::string(staged) + " AS s) AS " + std::string(alias);
  }

  bool can_sample() const override { return false; }

  std::string sampled(double) const override { return {}; }

  std::string contains(const std::string& value, const std::string& needle) const override {
    return "instr(lower(" + value + "), lower(" + needle + ")) > 0";
  }

  std::string elements(const std::string& array, std::string_view alias) const override {
    return "(SELECT v.value FROM json_each(CASE json_type(" + array + ") WHEN 'array' THEN " + array +
           " ELSE '[]' END) AS v WHERE v.type = 'object') AS " + std::string(alias);
  }
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(std::string_view engine, std::string_view server_version) {
  if (engine == "sqlite") return std::make_unique<SqliteDialect>();
  if (engine != "postgresql") {
    throw Error(ErrorCode::unsupported,
                "the database is " + std::string(engine) + ", which this version does not know");
  }
  int major = 0;
  std::from_chars(server_version.data(), server_version.data() + server_version.size(), major);
  return std::make_unique<PostgresDialect>(major);
}

}  // namespace akqueue
