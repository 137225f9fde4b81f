// DELETE … RETURNING kept_values(), the way into a backup: shown as JSON, the same from both engines.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "akqueue/tasks.hpp"
#include "backup/rows.hpp"
#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Rows final : session::RowSink {
  explicit Rows(backup::KeptTable shape) : table(std::move(shape)) {}
  void rows(std::string_view tuples) override {
    backup::check_rows(table, tuples, [&](const TupleReader& row) {
      all.push_back(ForeignJson::parse(backup::json_of_row(table, row)));
    });
  }
  backup::KeptTable table;
  std::vector<ForeignJson> all;
};

struct KeptRows : EmptyQueue {
  /// Deletes all rows of a table, and gives them by their key.
  std::vector<ForeignJson> delete_all(std::string_view name) {
    const session::Catalog found = session->introspect(name);
    const session::Table& table = found.tables.at(0);
    Rows rows(backup::kept(table, *dialect));
    session::Transaction transaction(*session, kWriting);
    const std::int64_t told = session->copy_out(
        "DELETE FROM " + table.quoted() + " AS r RETURNING " + backup::kept_values(rows.table, *dialect, "r"), rows);
    BOOST_TEST(told == static_cast<std::int64_t>(rows.all.size()));
    transaction.commit();
    const std::string key = table.primary_key.at(0);
    std::ranges::sort(rows.all, {}, [&](const ForeignJson& row) { return row.at(key).get<std::string>(); });
    return rows.all;
  }
};

const char* const kWords =
    "it's \"quoted\" \\ back\\\\slash\ttab\nline\rreturn \x01\x02\x1f ä€𝄞\U0001f600 \u2028 NULL \\N {\"a\":1}";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_rows, KeptRows)

BOOST_AUTO_TEST_CASE(a_plain_task_has_every_column) {
  const std::string id = insert_task({.message = nullptr});
  write({"UPDATE authentik_tasks_task SET mtime = '2026-05-01T12:34:56.123456Z'"});
  const std::string tenant = session::text(one({"SELECT n.tenant_uuid FROM authentik_tenants_tenant AS n"}));
  const std::vector<ForeignJson> rows = delete_all(kTaskTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  ForeignJson wanted = {{"message_id", id},
                        {"queue_name", "default"},
                        {"actor_name", "authentik.core.tasks.clean_expired_models"},
                        {"message", nullptr},
                        {"state", "queued"},
                        {"mtime", "2026-05-01T12:34:56.123456+00:00"},
                        {"result", nullptr},
                        {"result_expiry", nullptr},
                        {"rel_obj_id", nullptr},
                        {"_uid", nullptr},
                        {"_messages", ForeignJson::array()},
                        {"_previous_messages", ForeignJson::array()},
                        {"aggregated_status", "queued"},
                        {"rel_obj_content_type_id", nullptr},
                        {"tenant_id", tenant},
                        {"eta", nullptr},
                        {"retries", 0}};
  for (const char* column : {"tenant_id", "eta", "retries"}) {
    if (!offers(kTaskTable, column)) wanted.erase(column);
  }
  for (const auto& [column, value] : wanted.items())
    BOOST_TEST(rows[0].at(column) == value, column << ": " << rows[0].at(column) << " for " << value);
  BOOST_TEST(rows[0].size() == wanted.size());
}

BOOST_AUTO_TEST_CASE(texts_bytes_and_json_of_any_kind) {
  insert_task(
      {.queue = "it's \"ä\" \\ \n",
       .actor = "",
       .message = {{"b64", "AP9cJwoiXHg="}},
       .uid = kWords,
       .messages = R"([{"event": "it's \"so\" \\ \n ä𝄞 \u0001", "n": [9007199254740993, -2.5, true, null, {}]}])"});
  write({"UPDATE authentik_tasks_task SET result = $1", session::Value::array({session::Value{{"b64", ""}}})});
  const bool retries = offers(kTaskTable, "retries");
  if (retries) write({"UPDATE authentik_tasks_task SET retries = 9223372036854775807"});
  const std::vector<ForeignJson> rows = delete_all(kTaskTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0].at("queue_name") == ForeignJson("it's \"ä\" \\ \n"));
  BOOST_TEST(rows[0].at("_uid") == ForeignJson(kWords));
  BOOST_TEST(rows[0].at("actor_name") == ForeignJson(""));
  BOOST_TEST(rows[0].at("message") == ForeignJson("\\x00ff5c270a225c78"));
  BOOST_TEST(rows[0].at("result") == ForeignJson("\\x"));
  if (retries) BOOST_TEST(rows[0].at("retries") == ForeignJson(9223372036854775807LL));
  BOOST_TEST(rows[0].at("_messages") ==
             ForeignJson::parse(
                 R"([{"event": "it's \"so\" \\ \n ä𝄞 \u0001", "n": [9007199254740993, -2.5, true, null, {}]}])"));
}

BOOST_AUTO_TEST_CASE(log_rows_with_booleans_and_objects) {
  if (!offers(kTaskLogTable)) return;
  const std::string task = insert_task();
  insert_log({.task = task,
              .event = kWords,
              .level = "error",
              .attributes = R"({"exception": {"n": 1e3, "deep": [[]]}, "b": "\u2028"})",
              .previous = true});
  insert_log({.task = task, .event = ""});
  const std::vector<ForeignJson> rows = delete_all(kTaskLogTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 2U);
  BOOST_TEST(rows[0].at("event") == ForeignJson(kWords));
  BOOST_TEST(rows[0].at("previous") == ForeignJson(true));
  BOOST_TEST(rows[0].at("attributes") ==
             ForeignJson::parse(R"({"exception": {"n": 1e3, "deep": [[]]}, "b": "\u2028"})"));
  BOOST_TEST(rows[0].at("task_id") == ForeignJson(task));
  BOOST_TEST(rows[1].at("event") == ForeignJson(""));
  BOOST_TEST(rows[1].at("previous") == ForeignJson(false));
  BOOST_TEST(rows[1].at("attributes") == ForeignJson::object());
}

/// As PostgreSQL prints them in JSON under TimeZone=UTC: without trailing zeros.
BOOST_AUTO_TEST_CASE(times_are_as_postgresql_prints_them) {
  const std::vector<std::pair<const char*, const char*>> times{
      {"2026-05-01T12:34:56.123456Z", "2026-05-01T12:34:56.123456+00:00"},
      {"2026-05-01T12:34:50.100000Z", "2026-05-01T12:34:50.1+00:00"},
      {"2026-05-01T00:00:00.000000Z", "2026-05-01T00:00:00+00:00"},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+00:00"},
      {"infinity", "infinity"},
      {"-infinity", "-infinity"}};
  for (const auto& [in, out] : times) {
    insert_worker("w", 0);
    write({"UPDATE authentik_tasks_workerstatus SET last_seen = $1", session::Value::array({in})});
    BOOST_TEST(delete_all(kWorkerStatusTable).at(0).at("last_seen") == ForeignJson(out));
  }
}

BOOST_AUTO_TEST_CASE(unknown_columns_of_a_later_release_are_carried_along) {
  const ExtraTable extra(*this, "akqueue_later",
                         "id uuid NOT NULL PRIMARY KEY, \"odd \"\"name'\" text,"
                         " small smallint, wide double precision, named character varying(20), maybe boolean,"
                         " document json");
  write({"INSERT INTO akqueue_later VALUES ($1, 'it''s', 7, 0.5, '0012', $2, $3)",
         session::Value::array({next_id(), nullptr, "{\"a\":\n [1,\n 2]}"})});
  const std::vector<ForeignJson> rows = delete_all("akqueue_later");
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0].at("odd \"name'") == ForeignJson("it's"));
  BOOST_TEST(rows[0].at("small") == ForeignJson(7));
  BOOST_TEST(rows[0].at("wide") == ForeignJson(0.5));
  BOOST_TEST(rows[0].at("named") == ForeignJson("0012"));
  BOOST_TEST(rows[0].at("maybe") == ForeignJson());
  BOOST_TEST(rows[0].at("document") ==
             ForeignJson({{"a", {1, 2}}}));  // json keeps its line ends, which a line of JSON can't
}

/// What `backups show` prints of the binary forms is what the database itself makes of the row.
BOOST_AUTO_TEST_CASE(binary_values_are_shown_as_postgresql_shows_them) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("the replica's values are texts");
    return;
  }
  const std::vector<std::pair<const char*, std::vector<const char*>>> values{
      {"numeric",
       {"0", "0.0000", "-0.00000000000000000001", "123456789012345678901234567890.123456789", "10000", "9999.9999",
        "1e40", "-1", "0.1", "100.10", "'NaN'", "'Infinity'"}},
      {"numeric(10,3)", {"1.5", "-0.001"}},
      {"double precision",
       {"0.1", "1e15", "1e16", "-0.5", "5e-324", "1.7976931348623157e308", "'NaN'", "'-Infinity'",
        "123456789012345680"}},
      {"real", {"0.1", "3.4028235e38", "1e-45"}},
      {"date",
       {"'2024-02-29'", "'1999-12-31'", "'0001-01-01'", "'4713-01-01 BC'", "'5874897-12-31'", "'infinity'",
        "'-infinity'"}},
      {"timestamp with time zone",
       {"'2024-02-29 12:00:00.5+00'", "'1969-12-31 23:59:59.999999+00'", "'0044-03-15 12:00+00 BC'",
        "'294276-12-31 23:59:59+00'", "'infinity'"}},
      {"boolean", {"true", "false"}},
      {"bigint", {"9223372036854775807", "-9223372036854775808"}},
      {"smallint", {"-32768"}},
      {"bytea", {"'\\x00ff5c'", "''"}},
      {"uuid", {"'11111111-2222-4333-8444-555555555555'"}},
      {"jsonb", {"'null'", "'[1.50, {\"a\": \"ü\"}]'", "'\"x\"'"}},
      {"text", {"''", "'it''s \"so\" \\ €'"}},
      {"integer[]", {"'{}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'[2:3]={7,8}'"}},
      {"text[]", {"ARRAY['a,b', NULL, '', 'NULL', '\"']"}},
      {"timestamp with time zone[]", {"ARRAY['2024-02-29 12:00:00.5+00'::timestamptz]"}},
      {"jsonb[]", {"ARRAY['null'::jsonb, NULL]"}},
      {"numeric[]", {"'{1.50,NaN}'"}}};
  for (const auto& [type, literals] : values) {
    const ExtraTable extra(*this, "akqueue_value", std::string("id integer PRIMARY KEY, v ") + type);
    for (std::size_t i = 0; i < literals.size(); ++i) {
      write({"INSERT INTO akqueue_value VALUES (" + std::to_string(i) + ", " + literals[i] + ")"});
    }
    const std::vector<session::Value> shown =
        read({"SELECT CAST(row_to_json(r) AS text) FROM akqueue_value AS r ORDER BY r.id"});
    const session::Catalog found = session->introspect("akqueue_value");
    Rows rows(backup::kept(found.tables.at(0), *dialect));
    const session::Transaction transaction(*session, kReading);
    session->copy_out(
        "SELECT " + backup::kept_values(rows.table, *dialect, "r") + " FROM akqueue_value AS r ORDER BY r.id", rows);
    BOOST_REQUIRE_EQUAL(rows.all.size(), literals.size());
    for (std::size_t i = 0; i < literals.size(); ++i)
      BOOST_TEST(rows.all[i] == ForeignJson::parse(session::text(shown[i].at(0))),
                 type << " " << literals[i] << ": " << rows.all[i] << " for " << session::text(shown[i].at(0)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
