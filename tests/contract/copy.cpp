// Rows in frames: copy_out of anything, DELETE … RETURNING included, and copy_in back again.
#include <boost/test/unit_test.hpp>

#include "akqueue/checksum.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/tuple.hpp"
#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Lines final : session::RowSink {
  void rows(std::string_view tuples) override {
    TupleReader reader(tuples);
    while (reader.next()) all.emplace_back(reader.fields().at(0).value());
  }
  std::vector<std::string> all;
};

/// What has tripped one format or another: COPY's, CSV's, the protocol's own.
const std::vector<std::string>& odd_texts() {
  static const std::vector<std::string> kLines{"",
                                               ".",
                                               "\\.",
                                               "\\N",
                                               "\\",
                                               "\\n",
                                               "\"",
                                               "\"\"",
                                               "'",
                                               ",",
                                               "d d",
                                               "= {}",
                                               "! {}",
                                               "r [1]",
                                               "a\rb",
                                               "\r",
                                               "\t",
                                               " ",
                                               "  x  ",
                                               "NULL",
                                               "\x01",
                                               "\x01\x01x\x02",
                                               "\x02",
                                               "\x1f\x7f",
                                               "ä€𝄞\U0001f600",
                                               "\u2028",
                                               "a\nb\n",
                                               R"({"a": "\"\\\n"})",
                                               "-",
                                               "0",
                                               std::string(70'000, 'y')};
  return kLines;
}

/// What a copy answers.
ForeignJson copied(std::size_t rows, std::size_t frames) { return {{"rows", rows}, {"frames", frames}}; }

struct WithLines : EmptyQueue {
  /// Begins a transaction with an empty temporary table. Whatever else a case writes must be written before.
  void begin_with_table(const char* columns = "words text") {
    wire.begin();
    for (const std::string& sql : dialect->create_temporary("akqueue_lines", columns))
      BOOST_REQUIRE_EQUAL(wire.execute(sql).failure(), "");
  }
  Reply copy_out(const std::string& sql) { return wire.ask({{"op", "copy_out"}, {"sql", sql}}); }

  Wire wire{peer};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(copy, WithLines, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(any_line_goes_in_and_comes_out_as_it_was) {
  begin_with_table();
  const Reply in = wire.copy_in("akqueue_lines", odd_texts());
  BOOST_REQUIRE_EQUAL(in.failure(), "");
  BOOST_TEST(in.object == copied(odd_texts().size(), 1));
  const Reply out = copy_out("SELECT l.words FROM akqueue_lines AS l");
  BOOST_REQUIRE_EQUAL(out.failure(), "");
  BOOST_TEST(out.object == copied(odd_texts().size(), out.frames.size()));
  BOOST_TEST(out.texts() == odd_texts(), boost::test_tools::per_element());
  BOOST_TEST(wire.query("SELECT count(*) FROM akqueue_lines AS l WHERE l.words IS NULL").rows().at(0).at(0) ==
             ForeignJson(0));
}

BOOST_AUTO_TEST_CASE(what_came_in_can_be_taken_apart_as_json) {
  const std::string id = next_id();
  begin_with_table();
  BOOST_REQUIRE_EQUAL(
      wire.copy_in("akqueue_lines", {R"({"hostname": "w\"1\\", "at": "2026-05-01T12:00:00.5+00:00"})"}).failure(), "");
  // The two engines read JSON by different words; `->>` is one that both have.
  const Reply written = wire.execute(
      "INSERT INTO authentik_tasks_workerstatus (id, hostname, version, last_seen) SELECT CAST($1 AS uuid),"
      " CAST(l.words AS jsonb) ->> 'hostname', 'v', CAST(CAST(l.words AS jsonb) ->> 'at' AS timestamp with time zone)"
      " FROM akqueue_lines AS l",
      ForeignJson::array({id}));
  BOOST_REQUIRE_EQUAL(written.failure(), "");
  BOOST_TEST(written.object == ForeignJson({{"rows", 1}}));
  BOOST_TEST(wire.query("SELECT w.hostname, w.last_seen FROM authentik_tasks_workerstatus AS w").rows().at(0) ==
             ForeignJson::array({"w\"1\\", "2026-05-01T12:00:00.500000Z"}));
}

BOOST_AUTO_TEST_CASE(no_rows_are_no_frames) {
  begin_with_table();
  BOOST_TEST(wire.copy_frames("akqueue_lines", {}).object == copied(0, 0));
  BOOST_TEST(copy_out("SELECT l.words FROM akqueue_lines AS l").object == copied(0, 0));
}

BOOST_AUTO_TEST_CASE(many_rows_come_in_frames_of_whole_rows) {
  begin_with_table();
  const std::vector<std::string> texts(20'000, std::string(100, 'z'));
  BOOST_TEST(wire.copy_in("akqueue_lines", texts).object == copied(texts.size(), 1));
  const Reply out = copy_out("SELECT l.words FROM akqueue_lines AS l");
  BOOST_TEST(out.object == copied(texts.size(), out.frames.size()));
  BOOST_TEST(out.texts().size() == texts.size());  // whole rows, or texts() would have failed
  BOOST_TEST(out.frames.size() > 10U);
  for (std::size_t i = 0; i + 1 < out.frames.size(); ++i) BOOST_TEST(out.frames[i].size() >= protocol::kFrame);
  const Reply again = wire.copy_frames("akqueue_lines", out.frames);
  BOOST_TEST(again.object == copied(texts.size(), out.frames.size()));
}

BOOST_AUTO_TEST_CASE(null_is_not_an_empty_text) {
  begin_with_table("words text, more text");
  std::string row;
  begin_tuple(row, 2);
  append_field(row, std::nullopt);
  append_field(row, "");
  BOOST_TEST(wire.copy_frames("akqueue_lines", {row}).object == copied(1, 1));
  BOOST_TEST(
      wire.query("SELECT count(*) FROM akqueue_lines AS l WHERE l.words IS NULL AND l.more = ''").rows().at(0).at(0) ==
      ForeignJson(1));
  BOOST_TEST(copy_out("SELECT l.words, l.more FROM akqueue_lines AS l").frames == std::vector<std::string>{row},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(copy_out_refuses_what_is_wrong) {
  const std::vector<std::pair<const char*, const char*>> refused{{"SELECT nonsense", "sql 42703"},
                                                                 {"SELECT 1 FROM nowhere", "sql 42P01"}};
  for (const auto& [sql, failure] : refused) BOOST_TEST_CONTEXT(sql) {
      wire.begin();
      BOOST_TEST(copy_out(sql).failure() == failure);
      BOOST_TEST(wire.query("SELECT 1").failure() == "sql 25P02");
      BOOST_TEST(wire.ask({{"op", "commit"}}).failure() == "sql 25P02");
    }
}

BOOST_AUTO_TEST_CASE(rows_of_another_shape_are_refused) {
  begin_with_table("words text, more text");
  BOOST_TEST(wire.copy_in("akqueue_lines", {"x"}).failure() == "sql 22P04");
  BOOST_TEST(wire.ask({{"op", "rollback"}}).failure() == "");
  begin_with_table();
  BOOST_TEST(wire.copy_frames("akqueue_lines", {tuple_of("whole").substr(0, 7)}).failure() == "sql 22P04");
}

BOOST_AUTO_TEST_CASE(bytes_that_came_damaged_fail_the_copy_alone) {
  begin_with_table();
  std::string frame = tuple_of("text");
  const std::string head = with_sum(protocol::frame_head(frame)) + "\n";
  frame.back() = 'x';
  const std::string request = with_sum(ForeignJson({{"op", "copy_in"}, {"table", "akqueue_lines"}}).dump()) + "\n";
  BOOST_TEST(wire.tell(request + head + frame + ".\n").failure() == "protocol");
  BOOST_TEST(wire.ask({{"op", "rollback"}}).failure() == "");
  wire.begin();
  BOOST_TEST(wire.query("SELECT 1").rows().at(0).at(0) == ForeignJson(1));
}

BOOST_AUTO_TEST_CASE(a_head_that_came_damaged_ends_the_session) {
  for (const std::string head : {"d 5 00000000 12345678", "nonsense", "d -1 00000000", "d 99999999999 00000000"})
    BOOST_TEST_CONTEXT(head) {
      Wire another(peer);
      another.begin();
      const std::string request =
          with_sum(ForeignJson({{"op", "copy_in"}, {"table", "authentik_tasks_workerstatus"}}).dump()) + "\n";
      BOOST_TEST(another.tell(request + (head.ends_with("12345678") ? head : with_sum(head)) + "\n").failure() ==
                 "protocol");
      BOOST_TEST(another.hang_up() == 1);
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
  BOOST_TEST(session->copy_out(
                 "DELETE FROM authentik_tasks_task AS t WHERE t.state = 'queued' RETURNING CAST(message_id AS text)",
                 lines) == 1);
  BOOST_TEST(lines.all == std::vector<std::string>{id}, boost::test_tools::per_element());
  session->rollback();
  BOOST_TEST(count("authentik_tasks_task") == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_in_that_can_not_begin_reads_its_frames_all_the_same) {
  wire.begin();
  BOOST_TEST(wire.copy_in("nowhere", {"x", "y"}).failure() == "sql 42P01");
  BOOST_TEST(wire.copy_in("nowhere", {"x", "y"}).failure() == "sql 25P02");
  BOOST_TEST(wire.ask({{"op", "rollback"}}).failure() == "");
  wire.begin();
  BOOST_TEST(wire.query("SELECT 1").rows().at(0).at(0) == ForeignJson(1));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_refused_fails_the_whole) {
  begin_with_table("words text CHECK (words <> 'bad')");
  BOOST_TEST(wire.copy_in("akqueue_lines", {"good", "bad", "good"}).failure() == "sql 23514");
  BOOST_TEST(wire.ask({{"op", "commit"}}).failure() == "sql 25P02");
  begin_with_table("words text, more text");
  BOOST_TEST(wire.copy_in("akqueue_lines", {"good", "bad"}).failure() == "sql 22P04");
}

BOOST_AUTO_TEST_SUITE_END()
