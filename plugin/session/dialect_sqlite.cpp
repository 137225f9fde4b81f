#include <algorithm>
#include <charconv>
#include <cmath>

#include "akqueue/words.hpp"
#include "session/dialect_text.hpp"

namespace akqueue::session {
namespace {

constexpr std::int64_t kRowsOnPage = 50;
constexpr double kLeastShare = 1e-6;

class SqliteDialect final : public Dialect {
 public:
  std::string held(std::string_view alias) const override {
    return row_column(alias, "message_id") + " IN (SELECT h.message_id FROM akqueue_held h)";
  }

  std::string alive(std::string_view alias) const override {
    return row_column(alias, "hostname") + " IN (SELECT a.hostname FROM akqueue_alive a)";
  }

  std::string ago(std::int64_t seconds) const override { return "akqueue_ago(" + std::to_string(seconds) + ")"; }

  std::string holders(std::string_view alias) const override {
    return "(SELECT l.message_id AS key, l.worker AS holder FROM akqueue_held AS l) AS " + std::string(alias);
  }

  std::string lock_key(std::string_view alias) const override { return row_column(alias, "message_id"); }

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

  // SQLite does not allow an alias in RETURNING: columns have none, which works in a SELECT from one table as well.
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

  // The replica's triggers convert texts to the form in which it keeps a type.
  std::string from_text(std::string_view, const std::string& text) const override { return text; }

  std::string staged_type(const std::optional<PortableType>&) const override { return {}; }

  // The replica counts every change of a task.
  std::string snapshot() const override { return "SELECT CAST(c.changes AS text) FROM akqueue_changes AS c"; }

  std::string seen(Statement& statement, std::string_view alias, const std::string& snapshot) const override {
    std::int64_t changes = 0;
    std::from_chars(snapshot.data(), snapshot.data() + snapshot.size(), changes);
    return "coalesce((SELECT v.change FROM akqueue_change AS v WHERE v.message_id = " +
           row_column(alias, "message_id") + "), 0) <= " + statement.bind(changes);
  }

  std::string own_row(std::string_view) const override { return "1 = 1"; }

  std::vector<std::string> before_restoring(std::optional<std::int64_t> /*batch*/) const override { return {}; }

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

  std::string among_once_found(const std::string& value, const std::string& query) const override {
    return among(value, query);
  }

  std::string listed(Statement& statement, const std::vector<Uuid>& ids) const override {
    return "SELECT i.value FROM json_each(" + statement.bind(ids_as_json(ids)) + ") AS i";
  }

  std::string is_one_of(const std::string& value, std::span<const Uuid> ids) const override {
    return value + " IN (" + ids_listed(ids, "'") + ")";
  }

  std::string transaction_id() const override { return {}; }

  std::string load() const override { return {}; }

  std::string fate_of_transaction(Statement&, const std::string&) const override { return {}; }

  // The replica's triggers convert texts to the form in which it keeps a type; JSON stays JSON.
  std::string unpacked(const Table&, const std::vector<Column>& columns, std::string_view staged,
                       std::string_view alias) const override {
    std::vector<std::string> list;
    for (const Column& column : columns) {
      const bool json = column.type == "jsonb" || column.type == "json";
      const std::string path = text_literal("$." + quote_identifier(column.name));
      const std::string value = std::string("s.row ") + (json ? "->" : "->>") + " '" + path + "'";
      list.push_back((json ? "nullif(" + value + ", 'null')" : value) + " AS " + quote_identifier(column.name));
    }
    return "(SELECT " + joined(list) + " FROM " + std::string(staged) + " AS s) AS " + std::string(alias);
  }

  // Of version 4, as authentik's own.
  std::string new_id(const std::string&) const override {
    return "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' ||"
           " substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
  }

  // Nobody listens; the last notification of a queue can be looked up.
  std::string wake(Statement& statement, std::string_view queue) const override {
    return "INSERT INTO sim_notification (queue_name, message_id, at) VALUES (" + statement.bind(std::string(queue)) +
           ", " + new_id("") +
           ", now()) ON CONFLICT (queue_name) DO UPDATE SET message_id = excluded.message_id, at = excluded.at";
  }

  std::string appended(const std::string& array, const std::string& more) const override {
    return "(SELECT json_group_array(json(v.value)) FROM (SELECT e.value FROM json_each(" + array +
           ") AS e WHERE e.type = 'object' UNION ALL SELECT m.value FROM json_each(" + more +
           ") AS m WHERE m.type = 'object') AS v)";
  }

  std::string unindexed(const std::string& value) const override { return "+" + value; }

  bool estimates_rows() const override { return false; }

  // So many rows that follow each other stand for a page. CROSS JOIN and NOT INDEXED keep SQLite from another order, in
  // which it would read all rows, or all of a state for each page.
  std::string sampled(const Table& table, std::string_view alias, double share) const override {
    const std::string all = table.quoted() + " AS " + std::string(alias);
    if (share >= 1) return all;
    const std::string row = std::string(alias) + ".rowid";
    const auto each = std::max<std::int64_t>(1, std::llround(1 / std::max(share, kLeastShare)));
    const auto pages = [](std::int64_t most) {
      return "(random() & 2147483647) % " + std::to_string(most) + " * " + std::to_string(kRowsOnPage);
    };
    return "(WITH RECURSIVE p(first) AS (SELECT " + pages(each) + " UNION ALL SELECT p.first + " +
           std::to_string(kRowsOnPage) + " + " + pages(2 * each - 1) +
           " FROM p WHERE p.first < (SELECT max(m.rowid) FROM " + table.quoted() +
           " AS m)) SELECT p.first FROM p) AS akqueue_page CROSS JOIN " + all + " NOT INDEXED ON " + row +
           " >= akqueue_page.first AND " + row + " < akqueue_page.first + " + std::to_string(kRowsOnPage);
  }

  std::string page_of(std::string_view alias) const override {
    return std::string(alias) + ".rowid / " + std::to_string(kRowsOnPage);
  }

  std::string contains(const std::string& value, const std::string& needle) const override {
    return "instr(lower(" + value + "), lower(" + needle + ")) > 0";
  }

  std::string elements(const std::string& array, std::string_view alias) const override {
    return "(SELECT v.value FROM json_each(CASE json_type(" + array + ") WHEN 'array' THEN " + array +
           " ELSE '[]' END) AS v WHERE v.type = 'object') AS " + std::string(alias);
  }
};

}  // namespace

std::unique_ptr<Dialect> make_sqlite_dialect() { return std::make_unique<SqliteDialect>(); }

}  // namespace akqueue::session
