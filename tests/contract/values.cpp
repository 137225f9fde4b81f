// Every type of the page's table of values: in through a parameter, kept in a column, out in a row.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct OneRow : EmptyQueue {
  /// What `column` of a table that `type` columns has is worth after `value` went in.
  session::Value kept(const std::string& column, const session::Value& value) {
    write({"DELETE FROM akqueue_values"});
    write({"INSERT INTO akqueue_values (" + column + ") VALUES ($1)", session::Value::array({value})});
    return one({"SELECT v." + column + " FROM akqueue_values AS v"});
  }
  void check_kept(const std::string& column, const std::vector<session::Value>& values) {
    for (const session::Value& value : values) BOOST_TEST_CONTEXT(column << " " << value.dump().substr(0, 80)) {
        BOOST_TEST(kept(column, value) == value);
      }
  }

  ExtraTable table{*this, "akqueue_values",
                   "flag boolean, small smallint, whole integer, big bigint, wide double precision, at timestamp with "
                   "time zone, raw bytea,"
                   " words text, name character varying, id uuid, data jsonb"};
};

const std::string kEveryControl = [] {
  std::string text;
  for (char c = 1; c < 0x20; ++c) text += c;
  return text + "\x7f";
}();

}  // namespace

BOOST_FIXTURE_TEST_SUITE(values, OneRow)

BOOST_AUTO_TEST_CASE(null_is_null_in_every_type) {
  for (const char* column : {"flag", "small", "whole", "big", "wide", "at", "raw", "words", "name", "id", "data"})
    check_kept(column, {nullptr});
}

BOOST_AUTO_TEST_CASE(booleans_are_true_and_false) { check_kept("flag", {true, false}); }

BOOST_AUTO_TEST_CASE(whole_numbers_to_their_limits) {
  check_kept("small", {-32768, 32767});
  check_kept("whole", {-2147483648LL, 2147483647, 0});
  check_kept("big",
             {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 9007199254740993LL});
}

BOOST_AUTO_TEST_CASE(fractions) {
  for (const double value : {0.1, -1e-300, 1.7976931348623157e308, 3.0})
    BOOST_TEST(kept("wide", value).get<double>() == value);
}

BOOST_AUTO_TEST_CASE(empty_is_not_null) {
  check_kept("words", {""});
  check_kept("name", {""});
  check_kept("raw", {session::Value{{"b64", ""}}});
  BOOST_TEST(count("akqueue_values", "raw IS NULL") == 0);
}

BOOST_AUTO_TEST_CASE(bytes) {
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  check_kept("raw",
             {session::Value{{"b64", "AP9cJwo="}}, session::Value{{"b64", "AA=="}}, session::Value{{"b64", "AAA="}}});
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += "AP9c";
  check_kept("raw", {session::Value{{"b64", large}}});
}

BOOST_AUTO_TEST_CASE(texts_of_any_kind) {
  check_kept("words", {"a", "ä€", "𝄞 and \U0001f600", "\u2028\u2029\ufeff", "it's \"quoted\" \\ back\\\\slash",
                       "\\x41 \\N \\.", "$1 ? %s :name", "NULL", "null", "tab\t line\n return\r end", kEveryControl,
                       " leading and trailing ", "1e400", "007", "true", std::string(100'000, 'x')});
  check_kept("name", {"ä€𝄞", "0012", "1.50"});
}

BOOST_AUTO_TEST_CASE(a_text_can_not_hold_a_zero_byte) {
  BOOST_TEST(failure_of([&] { kept("words", std::string("a\0b", 3)); }) == "sql 22021");
}

BOOST_AUTO_TEST_CASE(times_are_utc_with_six_digits) {
  check_kept("at", {"2026-05-01T12:34:56.123456Z", "2026-05-01T00:00:00.000000Z", "2026-05-01T00:00:00.100000Z",
                    "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z",
                    "infinity", "-infinity"});
}

/// authentik's own tables have the replica's triggers, which bring a value into its stored form; a plain table has
/// none.
BOOST_AUTO_TEST_CASE(times_in_other_forms_become_that_form) {
  insert_worker("a", 0);
  for (const char* form : {"2026-05-01 14:34:56.5+02", "2026-05-01T12:34:56.5Z", "2026-05-01T07:04:56.5-05:30"}) {
    write({"UPDATE authentik_tasks_workerstatus SET last_seen = $1", session::Value::array({form})});
    BOOST_TEST(one({"SELECT w.last_seen FROM authentik_tasks_workerstatus AS w"}) ==
               session::Value("2026-05-01T12:34:56.500000Z"));
  }
}

BOOST_AUTO_TEST_CASE(order_and_comparison_of_times) {
  for (const char* at : {"infinity", "2026-05-01T00:00:00.000001Z", "-infinity", "2026-05-01T00:00:00.000000Z"}) {
    write({"INSERT INTO akqueue_values (at) VALUES ($1)", session::Value::array({at})});
  }
  const auto rows = read({"SELECT v.at FROM akqueue_values AS v WHERE v.at > $1 ORDER BY v.at",
                          session::Value::array({"2026-05-01T00:00:00.000000Z"})});
  BOOST_REQUIRE_EQUAL(rows.size(), 2U);
  BOOST_TEST(rows[0].at(0) == session::Value("2026-05-01T00:00:00.000001Z"));
  BOOST_TEST(rows[1].at(0) == session::Value("infinity"));
}

BOOST_AUTO_TEST_CASE(uuids_are_lower_case) {
  check_kept("id", {"11111111-2222-4333-8444-555555555555"});
  const std::string id = insert_task({.id = "ABCDEF00-2222-4333-8444-555555555555"});
  BOOST_TEST(one({"SELECT t.message_id FROM authentik_tasks_task AS t"}) ==
             session::Value("abcdef00-2222-4333-8444-555555555555"));
  BOOST_TEST(one({"SELECT count(*) FROM authentik_tasks_task AS t WHERE t.message_id = CAST($1 AS uuid)",
                  session::Value::array({id})}) == session::Value(1));
}

/// The text of JSON may differ in blanks and the order of keys (PostgreSQL's jsonb has its own); what it says may not.
BOOST_AUTO_TEST_CASE(json_says_the_same) {
  for (const char* json :
       {R"([])", R"({})",
        R"([{"log_level": "info", "event": "it's \"so\" \\ \n ä€𝄞 \ud834\udd1e \u0001", "n": [1, -2.5, true, null]}])",
        R"({"b": 1, "a": {"deep": [[[]]]}})"}) {
    const session::Value back = kept("data", json);
    BOOST_REQUIRE(back.is_string());
    BOOST_TEST(ForeignJson::parse(back.get<std::string>()) == ForeignJson::parse(json));
  }
}

BOOST_AUTO_TEST_CASE(numbers_in_json_lose_no_digit) {
  for (const char* number : {"123456789012345678901234567890", "0.1234567890123456789012345", "9007199254740993"}) {
    const session::Value back = kept("data", "{\"n\": " + std::string(number) + "}");
    BOOST_TEST(back.get<std::string>().find(number) != std::string::npos, back);
  }
}

BOOST_AUTO_TEST_CASE(a_parameter_takes_its_type_from_the_context_or_from_a_cast) {
  const std::string id = insert_task({.age_s = 100, .uid = "7"});
  const std::string number = offers(kTaskTable, "retries") ? "t.retries" : "coalesce(t.rel_obj_content_type_id, 0)";
  const auto rows =
      read({"SELECT CAST($1 AS bigint), CAST($2 AS text), CAST($3 AS uuid), count(*) FROM authentik_tasks_task AS t"
            " WHERE t.mtime < $4 AND " +
                number + " = $5 AND t._uid = $6 AND t.message_id = $7 GROUP BY t.state",
            session::Value::array({42, "x", id, format_timestamp(now()), 0, "7", id})});
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0] == session::Value::array({42, "x", id, 1}));
}

BOOST_AUTO_TEST_CASE(null_as_a_parameter_compares_with_nothing) {
  insert_task();
  BOOST_TEST(one({"SELECT count(*) FROM authentik_tasks_task AS t WHERE t._uid = $1",
                  session::Value::array({nullptr})}) == session::Value(0));
  BOOST_TEST(one({"SELECT coalesce($1, t.state) FROM authentik_tasks_task AS t", session::Value::array({nullptr})}) ==
             session::Value("queued"));
}

BOOST_AUTO_TEST_CASE(columns_are_named_with_their_types) {
  insert_task();
  const bool retries = offers(kTaskTable, "retries");
  Wire wire(peer);
  wire.begin(true);
  const Reply reply = wire.query(
      "SELECT t.message_id, t.message, t.state, t.mtime AS \"when\", t._messages, " +
      std::string(retries ? "t.retries" : "t.rel_obj_content_type_id AS retries") +
      ", t.rel_obj_content_type_id,"
      " t.queue_name, count(*) AS n, max(t.mtime) AS latest FROM authentik_tasks_task AS t GROUP BY t.message_id");
  BOOST_REQUIRE_EQUAL(reply.failure(), "");
  BOOST_TEST(reply.object.at("rows") == 1);
  const std::vector<std::pair<const char*, const char*>> wanted{{"message_id", "uuid"},
                                                                {"message", "bytea"},
                                                                {"state", "character varying"},
                                                                {"when", "timestamp with time zone"},
                                                                {"_messages", "jsonb"},
                                                                {"retries", retries ? "bigint" : "integer"},
                                                                {"rel_obj_content_type_id", "integer"},
                                                                {"queue_name", "text"},
                                                                {"n", "bigint"}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_TEST(reply.object.at("columns").at(i) ==
               ForeignJson({{"name", wanted[i].first}, {"type", wanted[i].second}}));
  }
  // The replica knows no type of an expression but that of its value: there max(timestamp) is text.
  BOOST_TEST(reply.object.at("columns").at(9).at("type") == (peer.is_postgres() ? "timestamp with time zone" : "text"));
}

/// What must differ: SQLite has no boolean of its own. Outside a column of that type it is 0 or 1, so a statement that
/// the plugin sends never returns a bare comparison.
BOOST_AUTO_TEST_CASE(a_comparison_is_a_number_in_the_replica) {
  insert_task();
  BOOST_TEST(one({"SELECT t.state = 'queued' FROM authentik_tasks_task AS t"}) ==
             (peer.is_postgres() ? session::Value(true) : session::Value(1)));
  BOOST_TEST(one({"SELECT CASE WHEN t.state = 'queued' THEN 1 ELSE 0 END FROM authentik_tasks_task AS t"}) ==
             session::Value(1));
}

BOOST_AUTO_TEST_CASE(thousands_of_rows_come_in_order_and_whole) {
  insert_many(5000, "many");
  int seen = 0;
  const session::Transaction transaction(*session, kReading);
  session->query({"SELECT t.message_id, t.message FROM authentik_tasks_task AS t ORDER BY t.message_id"},
                 [&](const session::Value& row) {
                   ++seen;
                   const std::string number = std::to_string(1'000'000'000'000 + seen).substr(1);
                   BOOST_REQUIRE(row.at(0) == session::Value("0aaaaaaa-0000-4000-8000-" + number));
                   BOOST_REQUIRE_EQUAL(row.at(1).at("b64").get<std::string>().size(), 400U);
                 });
  BOOST_TEST(seen == 5000);
}

BOOST_AUTO_TEST_SUITE_END()
