// Rows as lines: copy_out of anything that a line can carry, DELETE … RETURNING included, and copy_in back again.
#include <boost/test/unit_test.hpp>

#include "akqueue/checksum.hpp"
#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Lines final : RowSink {
  void row(std::string_view text) override { all.emplace_back(text); }
  std::vector<std::string> all;
};

/// What has tripped one format or another: COPY's, CSV's, the protocol's own.
const std::vector<std::string>& odd_lines() {
  static const std::vector<std::string> kLines{
      "", ".", "\\.", "\\N", "\\", "\\n", "\"", "\"\"", "'", ",", "d d", "= {}", "! {}", "r [1]", "a\rb", "\r", "\t", " ", "  x  ", "NULL",
      "\x01", "\x01\x01x\x02", "\x02", "\x1f\x7f", "ä€𝄞\U0001f600", "\u2028", R"({"a": "\"\\\n"})", "-", "0", std::string(70'000, 'y')};
  return kLines;
}

/// What a copy of these lines answers.
Json copied(const std::vector<std::string>& lines) {
  std::uint32_t sum = 0;
  for (const std::string& line : lines) sum = crc32_of("d " + line + "\n", sum);
  return {{"rows", lines.size()}, {"crc32", sum}};
}

struct WithLines : EmptyQueue {
  /// Begins a transaction with an empty temporary table. Whatever else a case writes must be written before.
  void begin_with_table(const char* columns = "words text") {
    wire.begin();
    for (const std::string& sql : dialect->create_temporary("akqueue_lines", columns)) BOOST_REQUIRE_EQUAL(wire.execute(sql).failure(), "");
  }
  Reply copy_out(const std::string& sql) { return wire.ask({{"op", "copy_out"}, {"sql", sql}}); }

  Wire wire{peer};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(copy, WithLines)

BOOST_AUTO_TEST_CASE(any_line_goes_in_and_comes_out_as_it_was) {
  begin_with_table();
  const Reply in = wire.copy_in("akqueue_lines", odd_lines());
  BOOST_REQUIRE_EQUAL(in.failure(), "");
  BOOST_TEST(in.object == copied(odd_lines()));
  const Reply out = copy_out("SELECT l.words FROM akqueue_lines AS l");
  BOOST_REQUIRE_EQUAL(out.failure(), "");
  BOOST_TEST(out.object == copied(odd_lines()));
  BOOST_TEST(out.lines == odd_lines(), boost::test_tools::per_element());
  BOOST_TEST(wire.query("SELECT count(*) FROM akqueue_lines AS l WHERE l.words IS NULL").rows().at(0).at(0) == Json(0));
}

BOOST_AUTO_TEST_CASE(what_came_in_can_be_taken_apart_as_json) {
  const std::string id = next_id();
  begin_with_table();
  BOOST_REQUIRE_EQUAL(wire.copy_in("akqueue_lines", {R"({"hostname": "w\"1\\", "at": "2026-05-01T12:00:00.5+00:00"})"}).failure(), "");
  // The two engines read JSON by different words; `->>` is one that both have.
  const Reply written = wire.execute("INSERT INTO authentik_tasks_workerstatus (id, hostname, version, last_seen) SELECT CAST($1 AS uuid),"
                                     " CAST(l.words AS jsonb) ->> 'hostname', 'v', CAST(CAST(l.words AS jsonb) ->> 'at' AS timestamp with time zone)"
                                     " FROM akqueue_lines AS l",
                                     Json::array({id}));
  BOOST_REQUIRE_EQUAL(written.failure(), "");
  BOOST_TEST(written.object == Json({{"rows", 1}}));
  BOOST_TEST(wire.query("SELECT w.hostname, w.last_seen FROM authentik_tasks_workerstatus AS w").rows().at(0) ==
             Json::array({"w\"1\\", "2026-05-01T12:00:00.500000Z"}));
}

BOOST_AUTO_TEST_CASE(no_lines_are_no_rows) {
  begin_with_table();
  BOOST_TEST(wire.copy_in("akqueue_lines", {}).object == copied({}));
  const Reply out = copy_out("SELECT l.words FROM akqueue_lines AS l");
  BOOST_TEST(out.object == copied({}));
}

BOOST_AUTO_TEST_CASE(many_lines) {
  begin_with_table();
  const std::vector<std::string> lines(20'000, std::string(100, 'z'));
  BOOST_TEST(wire.copy_in("akqueue_lines", lines).object == copied(lines));
  BOOST_TEST(copy_out("SELECT l.words FROM akqueue_lines AS l").lines.size() == 20'000U);
}

BOOST_AUTO_TEST_CASE(copy_out_refuses_what_a_line_can_not_carry) {
  const std::vector<std::pair<const char*, const char*>> refused{{"SELECT CAST(NULL AS text)", "sql 22004"},
                                                                 {"SELECT 'a\nb'", "sql 22000"},
                                                                 {"SELECT 'a', 'b'", "sql 42601"},
                                                                 {"SELECT nonsense", "sql 42703"},
                                                                 {"SELECT 1 FROM nowhere", "sql 42P01"}};
  for (const auto& [sql, failure] : refused) BOOST_TEST_CONTEXT(sql) {
    wire.begin();
    BOOST_TEST(copy_out(sql).failure() == failure);
    BOOST_TEST(wire.query("SELECT 1").failure() == "sql 25P02");
    BOOST_TEST(wire.ask({{"op", "commit"}}).failure() == "sql 25P02");
  }
}

BOOST_AUTO_TEST_CASE(copy_out_of_a_delete_in_a_read_only_transaction_is_refused) {
  insert_worker("a", 0);
  wire.begin(true);
  BOOST_TEST(copy_out("DELETE FROM authentik_tasks_workerstatus RETURNING hostname").failure() == "sql 25006");
  BOOST_TEST(count("authentik_tasks_workerstatus") == 1);
}

/// SQLite knows no alias in RETURNING (`DELETE FROM t AS r … RETURNING r.id` fails there): columns go without.
BOOST_AUTO_TEST_CASE(deleted_rows_come_out_and_are_back_after_a_rollback) {
  const std::string id = insert_task();
  Lines lines;
  session->begin(kWriting);
  BOOST_TEST(session->copy_out("DELETE FROM authentik_tasks_task AS t WHERE t.state = 'queued' RETURNING CAST(message_id AS text)", lines) == 1);
  BOOST_TEST(lines.all == std::vector<std::string>{id}, boost::test_tools::per_element());
  session->rollback();
  BOOST_TEST(count("authentik_tasks_task") == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_in_that_can_not_begin_reads_its_lines_all_the_same) {
  wire.begin();
  BOOST_TEST(wire.copy_in("nowhere", {"x", "y"}).failure() == "sql 42P01");
  BOOST_TEST(wire.copy_in("nowhere", {"x", "y"}).failure() == "sql 25P02");
  BOOST_TEST(wire.ask({{"op", "rollback"}}).failure() == "");
  wire.begin();
  BOOST_TEST(wire.query("SELECT 1").rows().at(0).at(0) == Json(1));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_refused_fails_the_whole) {
  begin_with_table("words text CHECK (words <> 'bad')");
  BOOST_TEST(wire.copy_in("akqueue_lines", {"good", "bad", "good"}).failure() == "sql 23514");
  BOOST_TEST(wire.ask({{"op", "commit"}}).failure() == "sql 25P02");
  begin_with_table("words text, more text");
  BOOST_TEST(wire.copy_in("akqueue_lines", {"x"}).failure() == "sql 42601");
}

BOOST_AUTO_TEST_SUITE_END()
