// DELETE … RETURNING Dialect::row_json(), the way into a backup: after parsing, the same JSON from both engines.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "akqueue/tasks.hpp"
#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Rows final : RowSink {
  void row(std::string_view text) override { all.push_back(Json::parse(text)); }
  std::vector<Json> all;
};

struct Deleting : EmptyQueue {
  /// Deletes all rows of a table, and gives them by their key.
  std::vector<Json> delete_all(std::string_view name) {
    const Catalog found = session->introspect(name);
    const Table& table = found.tables.at(0);
    Rows rows;
    Transaction transaction(*session, kWriting);
    const std::int64_t told = session->copy_out("DELETE FROM " + table.quoted() + " AS r RETURNING " + dialect->row_json(table, "r"), rows);
    BOOST_TEST(told == static_cast<std::int64_t>(rows.all.size()));
    transaction.commit();
    const std::string key = table.primary_key.at(0);
    std::ranges::sort(rows.all, {}, [&](const Json& row) { return row.at(key).get<std::string>(); });
    return rows.all;
  }
};

const char* const kWords = "it's \"quoted\" \\ back\\\\slash\ttab\nline\rreturn \x01\x02\x1f ä€𝄞\U0001f600 \u2028 NULL \\N {\"a\":1}";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rows_as_json, Deleting)

BOOST_AUTO_TEST_CASE(a_plain_task_has_every_column) {
  const std::string id = insert_task({.message = nullptr});
  write({"UPDATE authentik_tasks_task SET mtime = '2026-05-01T12:34:56.123456Z'"});
  const std::string tenant = text(one({"SELECT n.tenant_uuid FROM authentik_tenants_tenant AS n"}));
  const std::vector<Json> rows = delete_all(kTaskTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  Json wanted = {{"message_id", id}, {"queue_name", "default"}, {"actor_name", "authentik.core.tasks.clean_expired_models"}, {"message", nullptr},
                       {"state", "queued"}, {"mtime", "2026-05-01T12:34:56.123456+00:00"}, {"result", nullptr}, {"result_expiry", nullptr},
                       {"rel_obj_id", nullptr}, {"_uid", nullptr}, {"_messages", Json::array()}, {"_previous_messages", Json::array()},
                       {"aggregated_status", "queued"}, {"rel_obj_content_type_id", nullptr}, {"tenant_id", tenant}, {"eta", nullptr}, {"retries", 0}};
  for (const char* column : {"tenant_id", "eta", "retries"}) {
    if (!offers(kTaskTable, column)) wanted.erase(column);
  }
  for (const auto& [column, value] : wanted.items()) BOOST_TEST(rows[0].at(column) == value, column << ": " << rows[0].at(column) << " for " << value);
  BOOST_TEST(rows[0].size() == wanted.size());
}

BOOST_AUTO_TEST_CASE(texts_bytes_and_json_of_any_kind) {
  insert_task({.queue = "it's \"ä\" \\ \n", .actor = "", .message = {{"b64", "AP9cJwoiXHg="}}, .uid = kWords,
               .messages = R"([{"event": "it's \"so\" \\ \n ä𝄞 \u0001", "n": [9007199254740993, -2.5, true, null, {}]}])"});
  write({"UPDATE authentik_tasks_task SET result = $1", Value::array({Value{{"b64", ""}}})});
  const bool retries = offers(kTaskTable, "retries");
  if (retries) write({"UPDATE authentik_tasks_task SET retries = 9223372036854775807"});
  const std::vector<Json> rows = delete_all(kTaskTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0].at("queue_name") == Json("it's \"ä\" \\ \n"));
  BOOST_TEST(rows[0].at("_uid") == Json(kWords));
  BOOST_TEST(rows[0].at("actor_name") == Json(""));
  BOOST_TEST(rows[0].at("message") == Json("\\x00ff5c270a225c78"));
  BOOST_TEST(rows[0].at("result") == Json("\\x"));
  if (retries) BOOST_TEST(rows[0].at("retries") == Json(9223372036854775807LL));
  BOOST_TEST(rows[0].at("_messages") == Json::parse(R"([{"event": "it's \"so\" \\ \n ä𝄞 \u0001", "n": [9007199254740993, -2.5, true, null, {}]}])"));
}

BOOST_AUTO_TEST_CASE(log_rows_with_booleans_and_objects) {
  if (!offers(kTaskLogTable)) return;
  const std::string task = insert_task();
  insert_log({.task = task, .event = kWords, .level = "error", .attributes = R"({"exception": {"n": 1e3, "deep": [[]]}, "b": "\u2028"})", .previous = true});
  insert_log({.task = task, .event = ""});
  const std::vector<Json> rows = delete_all(kTaskLogTable);
  BOOST_REQUIRE_EQUAL(rows.size(), 2U);
  BOOST_TEST(rows[0].at("event") == Json(kWords));
  BOOST_TEST(rows[0].at("previous") == Json(true));
  BOOST_TEST(rows[0].at("attributes") == Json::parse(R"({"exception": {"n": 1e3, "deep": [[]]}, "b": "\u2028"})"));
  BOOST_TEST(rows[0].at("task_id") == Json(task));
  BOOST_TEST(rows[1].at("event") == Json(""));
  BOOST_TEST(rows[1].at("previous") == Json(false));
  BOOST_TEST(rows[1].at("attributes") == Json::object());
}

/// As PostgreSQL prints them in JSON under TimeZone=UTC: without trailing zeros.
BOOST_AUTO_TEST_CASE(times_are_as_postgresql_prints_them) {
  const std::vector<std::pair<const char*, const char*>> times{
      {"2026-05-01T12:34:56.123456Z", "2026-05-01T12:34:56.123456+00:00"}, {"2026-05-01T12:34:50.100000Z", "2026-05-01T12:34:50.1+00:00"},
      {"2026-05-01T00:00:00.000000Z", "2026-05-01T00:00:00+00:00"}, {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+00:00"},
      {"infinity", "infinity"}, {"-infinity", "-infinity"}};
  for (const auto& [in, out] : times) {
    insert_worker("w", 0);
    write({"UPDATE authentik_tasks_workerstatus SET last_seen = $1", Value::array({in})});
    BOOST_TEST(delete_all(kWorkerStatusTable).at(0).at("last_seen") == Json(out));
  }
}

BOOST_AUTO_TEST_CASE(unknown_columns_of_a_later_release_are_carried_along) {
  const ExtraTable extra(*this, "akqueue_later",
                         "id uuid NOT NULL PRIMARY KEY, \"odd \"\"name'\" text,"
                         " small smallint, wide double precision, named character varying(20), maybe boolean,"
                         " document json");
  write({"INSERT INTO akqueue_later VALUES ($1, 'it''s', 7, 0.5, '0012', $2, $3)", Value::array({next_id(), nullptr, "{\"a\":\n [1,\n 2]}"})});
  const std::vector<Json> rows = delete_all("akqueue_later");
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0].at("odd \"name'") == Json("it's"));
  BOOST_TEST(rows[0].at("small") == Json(7));
  BOOST_TEST(rows[0].at("wide") == Json(0.5));
  BOOST_TEST(rows[0].at("named") == Json("0012"));
  BOOST_TEST(rows[0].at("maybe") == Json());
  BOOST_TEST(rows[0].at("document") == Json({{"a", {1, 2}}}));  // json keeps its line ends, which a line can't carry
}

BOOST_AUTO_TEST_SUITE_END()
