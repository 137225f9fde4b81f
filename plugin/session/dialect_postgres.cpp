#include <algorithm>
#include <charconv>
#include <limits>

#include "session/dialect_text.hpp"

namespace akqueue::session {
namespace {

class PostgresDialect final : public Dialect {
 public:
  explicit PostgresDialect(int major) : major_(major) {}

  // A worker's lock on a task is an advisory lock whose key is the first 8 bytes of
  // sha256('authentik.tasks.<queue>.lock.<message_id>') read as a little-endian integer. pg_locks shows that integer as
  // classid (high half) and objid (low half). The locks are few, so their keys are turned back into bytes and one
  // digest is made for each row:
  //   SELECT count(*) FROM authentik_tasks_task t WHERE t.state = 'running' AND <this>
  std::string held(std::string_view alias) const override { return is_locked(lock_key(alias)); }

  // A worker's status process holds sha256('goauthentik.io/worker/status/<id of its row>') in the same form.
  std::string alive(std::string_view alias) const override {
    return is_locked(key_of("'goauthentik.io/worker/status/' || CAST(" + row_column(alias, "id") + " AS text)"));
  }

  std::string ago(std::int64_t seconds) const override {
    return "(now() - CAST('" + std::to_string(seconds) + " seconds' AS interval))";
  }

  std::string holders(std::string_view alias) const override {
    return "(SELECT " + key_of_lock() +
           " AS key, coalesce(host(a.client_addr), '') AS holder FROM pg_catalog.pg_locks l"
           " JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE " +
           is_lock() + ") AS " + std::string(alias);
  }

  std::string lock_key(std::string_view alias) const override {
    return key_of("'authentik.tasks.' || " + row_column(alias, "queue_name") + " || '.lock.' || CAST(" +
                  row_column(alias, "message_id") + " AS text)");
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

  // Before PostgreSQL 14 searching a range of ctid read the whole table: no range there, only the last sweep.
  std::string extent(const Table& table) const override {
    if (major_ < 14) return "SELECT 0";
    return "SELECT pg_catalog.pg_relation_size(CAST('" + text_literal(table.quoted()) +
           "' AS regclass)) / CAST(current_setting('block_size') AS bigint)";
  }

  std::int64_t first_step() const override { return 100; }

  std::string returned(std::string_view alias, std::string_view name) const override { return row_column(alias, name); }

  bool has_binary_form() const override { return true; }

  // Not a cast to text: character(n) would lose its blanks, inet its form. And not IS NOT NULL, which for a composite
  // value is false if any of its columns is NULL.
  std::string as_text(std::string_view, const std::string& value) const override {
    return "CASE num_nulls(" + value + ") WHEN 0 THEN concat(" + value + ") END";
  }

  std::string size_of(std::string_view type, const std::string& value) const override {
    const auto portable = portable_type(type);
    const bool told =
        portable && !portable->array && (portable->kind == PortableKind::bytea || portable->kind == PortableKind::text);
    return (told ? "octet_length(" : "pg_column_size(") + value + ")";
  }

  // As the element of an array: a cast from text may be one that the type defines (regclass: no numbers) instead of the
  // type's input.
  std::string from_text(std::string_view type, const std::string& text) const override {
    if (type.ends_with("[]")) return "CAST(" + text + " AS " + std::string(type) + ")";
    const std::string quoted = "'{\"' || replace(replace(" + text + R"(, E'\\', E'\\\\'), '"', E'\\"') || '"}')";
    return "(CAST(" + quoted + " AS " + std::string(type) + "[]))[1]";
  }

  std::string staged_type(const std::optional<PortableType>& type) const override {
    return type ? type->name() : "text";
  }

  std::string snapshot() const override { return "SELECT CAST(txid_current_snapshot() AS text)"; }

  // xmin:xmax:xip1,xip2,…: all transactions before xmax have ended except those listed. A row has the low half of the
  // number of the transaction that wrote it; the high half follows from the distance, as in PostgreSQL itself.
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
    // Rows that were frozen in the old way have 2.
    const std::string ended = "(" + writer + " < 3 OR " + distance + " < 0)";
    if (running.size() == 1) return ended;
    return ended + " AND " + writer + " <> ALL (CAST(" + statement.bind(running + "}") + " AS bigint[]))";
  }

  std::string own_row(std::string_view alias) const override {
    return std::string(alias) + ".xmin = CAST(CAST(txid_current() % 4294967296 AS text) AS xid)";
  }

  std::vector<std::string> before_restoring(std::optional<std::int64_t> batch) const override {
    // The number stands for "akqueue" and nobody else uses it; the locks end with the transaction.
    std::string lock = "SELECT pg_advisory_xact_lock(27418525166)";
    if (batch) {
      lock = "SELECT pg_advisory_xact_lock_shared(27418525166), pg_advisory_xact_lock(27418525, " +
             std::to_string(*batch % std::numeric_limits<std::int32_t>::max()) + ")";
    }
    return {lock, "SET CONSTRAINTS ALL DEFERRED"};
  }

  std::string_view overriding() const override { return " OVERRIDING SYSTEM VALUE"; }

  std::vector<std::string> create_temporary(std::string_view name, std::string_view columns) const override {
    return {"CREATE TEMPORARY TABLE " + std::string(name) + " (" + std::string(columns) + ") ON COMMIT DROP"};
  }

  std::string row_id(std::string_view alias) const override { return std::string(alias) + ".ctid"; }

  std::string_view row_id_type() const override { return "tid"; }

  // Not IN: for a fresh temporary table the planner has no statistics, and would scan all log rows for each batch. With
  // an array it always takes the index or, for a ctid, the row itself.
  std::string among(const std::string& value, const std::string& query) const override {
    return value + " = ANY(ARRAY(" + query + "))";
  }

  // IS TRUE: it stays a hash table of its own, and does not become a join.
  std::string among_once_found(const std::string& value, const std::string& query) const override {
    return "(" + value + " IN (" + query + ")) IS TRUE";
  }

  std::string listed(Statement& statement, const std::vector<Uuid>& ids) const override {
    return "SELECT CAST(i.value AS uuid) FROM json_array_elements_text(CAST(" + statement.bind(ids_as_json(ids)) +
           " AS json)) AS i(value)";
  }

  std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const override {
    return value + " = ANY (CAST('{" + ids_listed(ids, "") + "}' AS uuid[]))";
  }

  std::string transaction_id() const override { return "SELECT CAST(txid_current() AS text)"; }

  // Since PostgreSQL 14 a lock says since when it is waited for. A view of another role's session has no times, unless
  // this role has pg_read_all_stats.
  std::string load() const override {
    const auto longest = [](const std::string& seconds, const std::string& from) {
      return "(SELECT CAST(coalesce(max(1000 * extract(epoch FROM " + seconds + ")), 0) AS bigint) FROM pg_catalog." +
             from + ")";
    };
    const std::string waits =
        longest("clock_timestamp() - waitstart",
                "pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(pid))");
    return "SELECT " + longest("replay_lag", "pg_stat_replication") + ", " + (major_ < 14 ? "0" : waits) + ", " +
           longest("clock_timestamp() - xact_start",
                   "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") +
           ", (SELECT count(*) FROM pg_catalog.pg_stat_replication WHERE state IS NULL)";
  }

  std::string fate_of_transaction(Statement& statement, const std::string& id) const override {
    return "SELECT txid_status(CAST(" + statement.bind(id) + " AS bigint))";
  }

  // json, not jsonb: numbers keep all of their digits.
  std::string unpacked(const Table& table, const std::vector<Column>&, std::string_view staged,
                       std::string_view alias) const override {
    return std::string(staged) + " AS s CROSS JOIN LATERAL json_populate_record(CAST(NULL AS " + table.quoted() +
           "), CAST(s.row AS json)) AS " + std::string(alias);
  }

  // Of version 4, as authentik's own. gen_random_uuid() is of PostgreSQL 13.
  std::string new_id(const std::string& row) const override {
    const std::string digits = "md5(concat(random(), clock_timestamp(), " + row + "))";
    return "CAST(overlay(overlay(" + digits + " PLACING '4' FROM 13) PLACING '8' FROM 17) AS uuid)";
  }

  std::string wake(Statement& statement, std::string_view queue) const override {
    return "SELECT pg_notify(CAST(" + statement.bind("authentik.tasks." + std::string(queue) + ".enqueue") +
           " AS text), CAST(" + new_id("1") + " AS text))";
  }

  std::string appended(const std::string& array, const std::string& more) const override {
    return "(" + array + " || " + more + ")";
  }

  std::string unindexed(const std::string& value) const override { return value; }

  bool estimates_rows() const override { return true; }

  std::string sampled(const Table& table, std::string_view alias, double share) const override {
    constexpr double kLeastPercent = 0.0001;
    const std::string all = table.quoted() + " AS " + std::string(alias);
    if (share >= 1) return all;
    return all + " TABLESAMPLE SYSTEM (" + std::to_string(std::max(share * 100, kLeastPercent)) + ")";
  }

  std::string page_of(std::string_view alias) const override {
    return "CAST((CAST(CAST(" + std::string(alias) + ".ctid AS text) AS point))[0] AS bigint)";
  }

  std::string contains(const std::string& value, const std::string& needle) const override {
    return "strpos(lower(" + value + "), lower(" + needle + ")) > 0";
  }

  std::string elements(const std::string& array, std::string_view alias) const override {
    return "(SELECT v.value FROM jsonb_array_elements(CASE jsonb_typeof(" + array + ") WHEN 'array' THEN " + array +
           " ELSE '[]' END) AS v(value) WHERE jsonb_typeof(v.value) = 'object') AS " + std::string(alias);
  }

 private:
  static std::string key_of(const std::string& name) {
    return "substr(sha256(convert_to(" + name + ", 'UTF8')), 1, 8)";
  }

  static std::string is_locked(const std::string& key) {
    return key + " IN (SELECT " + key_of_lock() + " FROM pg_catalog.pg_locks l WHERE " + is_lock() + ")";
  }

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

}  // namespace

std::unique_ptr<Dialect> make_postgres_dialect(int major) { return std::make_unique<PostgresDialect>(major); }

}  // namespace akqueue::session
