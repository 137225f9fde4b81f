#include <boost/test/unit_test.hpp>

#include "akqueue/protocol.hpp"
#include "akqueue/tuple.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {
struct Session {
  Database database{":memory:", Database::Open::create};
  Peer peer{database};
  Session() {
    make_schema(database);
    peer.hello();
  }
};
using Lines = std::vector<std::string>;
}  // namespace

#define TEST_LINES(got, ...) BOOST_TEST((got) == (Lines{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(hello_tells_the_facts) {
  Database database(":memory:", Database::Open::create);
  Peer peer(database);
  BOOST_TEST(failure_of(peer.last(R"({"op":"begin"})")) == "state");
  BOOST_TEST(failure_of(peer.last(R"({"op":"hello","protocol":1})")) == "protocol");
  BOOST_TEST(failure_of(peer.last(R"({"op":"hello"})")) == "protocol");
  for (const char* version : {"1.5", "1e46", "4294967297", "\"1\""}) {
    BOOST_TEST(failure_of(peer.last(R"({"op":"hello","protocol":)" + std::string(version) + "}")) == "protocol",
               version);
  }
  const std::string answer = peer.last(R"({"op":"hello","protocol":2})");
  BOOST_REQUIRE(answer.starts_with("= "));
  const auto facts = ForeignJson::parse(answer.substr(2));
  BOOST_TEST(facts.at("engine") == "sqlite");
  BOOST_TEST(facts.at("schema") == "public");
  BOOST_TEST(facts.at("now") == kNow);
  BOOST_TEST(facts.at("standby") == false);
  BOOST_TEST(facts.at("authentik") == "2025.12.4");
  BOOST_TEST(failure_of(peer.last(R"({"op":"hello","protocol":2})")) == "state");
}

BOOST_FIXTURE_TEST_CASE(requests_that_make_no_sense, Session) {
  for (const std::string line : {"", "{", "[]", "7", "{}", R"({"op":7})", R"({"op":"dance"})", R"({"op":"introspect"})",
                                 R"({"op":"begin","read_only":"yes"})", R"({"op":"begin","lock_timeout_ms":-1})",
                                 R"({"op":"begin","lock_timeout_ms":1e46})"}) {
    BOOST_TEST_CONTEXT(line) { BOOST_TEST(failure_of(peer.last(line)) == "protocol"); }
  }
  peer.begin();
  for (const std::string line :
       {R"({"op":"query"})", R"({"op":"query","sql":7})", R"({"op":"query","sql":"SELECT $1","params":{}})",
        R"({"op":"query","sql":"SELECT $1","params":[[1]]})",
        R"({"op":"query","sql":"SELECT $1","params":[{"b64":"?"}]})"}) {
    BOOST_TEST_CONTEXT(line) { BOOST_TEST(failure_of(peer.last(line)) == "protocol"); }
  }
  TEST_LINES(peer.query("SELECT 1"), "r [1]",
             R"(= {"columns":[{"name":"1","type":"bigint"}],"rows":1,"crc32":3767332718})");
}

BOOST_FIXTURE_TEST_CASE(settings_of_workers_and_no_others, Session) {
  BOOST_TEST(peer.last(R"({"op":"config","names":["worker.threads"]})") ==
             R"(= {"settings":[{"name":"worker.threads","value":"2","source":"configuration","from":null}]})");
  for (const char* names : {R"(["postgresql.password"])", R"(["worker.secret"])", "[7]", R"("worker.threads")", "{}"}) {
    BOOST_TEST(failure_of(peer.last(std::string(R"({"op":"config","names":)") + names + "}")) == "protocol", names);
  }
}

BOOST_FIXTURE_TEST_CASE(statements_need_a_transaction, Session) {
  BOOST_TEST(failure_of(peer.execute("SELECT 1")) == "state");
  BOOST_TEST(failure_of(peer.query("SELECT 1").back()) == "state");
  BOOST_TEST(failure_of(peer.last(R"({"op":"copy_out","sql":"SELECT 'x'"})")) == "state");
  BOOST_TEST(failure_of(peer.commit()) == "state");
  BOOST_TEST(peer.rollback() == "= {}");
  BOOST_TEST(peer.begin() == std::string(R"(= {"now":")") + kNow + "\"}");
  BOOST_TEST(failure_of(peer.begin()) == "state");
  BOOST_TEST(peer.commit() == "= {}");
}

BOOST_FIXTURE_TEST_CASE(values_in_rows, Session) {
  peer.begin();
  peer.execute(insert_task());
  TEST_LINES(peer.query("SELECT message_id, message, mtime, eta, retries, _messages FROM authentik_tasks_task"),
             R"(r ["11111111-2222-4333-8444-555555555555",{"b64":"gAQ="},"2026-05-01T12:00:00.000000Z",null,0,"[]"])",
             R"(= {"columns":[{"name":"message_id","type":"uuid"},{"name":"message","type":"bytea"},)"
             R"({"name":"mtime","type":"timestamp with time zone"},{"name":"eta","type":"timestamp with time zone"},)"
             R"({"name":"retries","type":"bigint"},{"name":"_messages","type":"jsonb"}],"rows":1,"crc32":3113285363})");
  TEST_LINES(peer.query("SELECT ready FROM authentik_tenants_tenant"), "r [true]",
             R"(= {"columns":[{"name":"ready","type":"boolean"}],"rows":1,"crc32":241455100})");
  BOOST_TEST(peer.query("SELECT 1e999, -1e999, 0.25").front() == R"(r ["Infinity","-Infinity",0.25])");
  BOOST_TEST(peer.query("SELECT 'a\"\\' || char(10) || 'ä'").front() == "r [\"a\\\"\\\\\\nä\"]");
  BOOST_TEST(peer.query("SELECT CAST(x'ff' AS text)").front() == "r [\"\xef\xbf\xbd\"]");
}

BOOST_FIXTURE_TEST_CASE(parameters_are_bound_by_number, Session) {
  peer.begin();
  BOOST_TEST(peer.query("SELECT $2, $1, $2", R"(["a", null])").front() == R"(r [null,"a",null])");
  BOOST_TEST(peer.query("SELECT $1, $2, $3, $4", R"([true, -7, 1.5, {"b64":"AP8="}])").front() ==
             R"(r [1,-7,1.5,{"b64":"AP8="}])");
  BOOST_TEST(peer.query("SELECT $10 || $1", R"(["a","","","","","","","","","j"])").front() == R"(r ["ja"])");
  BOOST_TEST(failure_of(peer.query("SELECT $1", "[1, 2]").back()) == "08P01");
  peer.rollback(), peer.begin();
  BOOST_TEST(failure_of(peer.query("SELECT $2", "[1]").back()) == "08P01");
  peer.rollback(), peer.begin();
  BOOST_TEST(failure_of(peer.query("SELECT ?", "[1]").back()) == "42601");
  peer.rollback(), peer.begin();
  BOOST_TEST(failure_of(peer.query("SELECT $1", R"(["\u0000"])").back()) == "22021");
}

BOOST_FIXTURE_TEST_CASE(execute_counts_what_it_changed, Session) {
  peer.begin();
  BOOST_TEST(peer.execute(insert_task()) == R"(= {"rows":1})");
  BOOST_TEST(peer.execute("UPDATE authentik_tasks_task SET state = 'done'") == R"(= {"rows":1})");
  BOOST_TEST(peer.execute("SELECT 1") == R"(= {"rows":0})");
  BOOST_TEST(peer.execute("CREATE TEMPORARY TABLE ids (id uuid)") == R"(= {"rows":0})");
  BOOST_TEST(peer.execute("INSERT INTO ids SELECT message_id FROM authentik_tasks_task") == R"(= {"rows":1})");
  BOOST_TEST(peer.execute("DELETE FROM ids WHERE id = 'x'") == R"(= {"rows":0})");
  BOOST_TEST(peer.execute("DROP TABLE ids") == R"(= {"rows":0})");
}

BOOST_FIXTURE_TEST_CASE(after_a_failure_only_rollback_is_taken, Session) {
  peer.begin();
  peer.execute(insert_task());
  BOOST_TEST(failure_of(peer.execute(insert_task())) == "23505");
  BOOST_TEST(failure_of(peer.execute("SELECT 1")) == "25P02");
  BOOST_TEST(failure_of(peer.last(R"({"op":"introspect","table":"x"})")) == "25P02");
  BOOST_TEST(failure_of(peer.commit()) == "25P02");
  peer.begin();
  BOOST_TEST(peer.query("SELECT count(*) FROM authentik_tasks_task").front() == "r [0]");
}

BOOST_FIXTURE_TEST_CASE(a_reader_may_not_write, Session) {
  peer.begin(R"("read_only":true)");
  BOOST_TEST(failure_of(peer.execute(insert_task())) == "25006");
  peer.rollback(), peer.begin(R"("read_only":true)");
  BOOST_TEST(failure_of(peer.execute("CREATE TEMPORARY TABLE x (a integer)")) == "25006");  // as PostgreSQL
  peer.rollback(), peer.begin();
  BOOST_TEST(peer.execute(insert_task()) == R"(= {"rows":1})");
}

BOOST_FIXTURE_TEST_CASE(foreign_keys_are_looked_at_on_commit, Session) {
  peer.begin();
  peer.execute(insert_task());
  peer.execute(
      "INSERT INTO authentik_tasks_tasklog VALUES ('22222222-2222-4333-8444-555555555555', 'e', 'info', 'l', '" +
      std::string(kNow) + "', '{}', 0, '" + kTaskId + "')");
  BOOST_TEST(peer.commit() == "= {}");
  peer.begin();
  BOOST_TEST(peer.execute("DELETE FROM authentik_tasks_task") == R"(= {"rows":1})");
  BOOST_TEST(failure_of(peer.commit()) == "23503");
  peer.begin();
  BOOST_TEST(peer.query("SELECT count(*) FROM authentik_tasks_task").front() == "r [1]");
  peer.execute("DELETE FROM authentik_tasks_task");
  peer.execute("DELETE FROM authentik_tasks_tasklog");
  BOOST_TEST(peer.commit() == "= {}");
}

BOOST_FIXTURE_TEST_CASE(a_statement_ends_when_its_time_is_up, Session) {
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  peer.begin(R"("statement_timeout_ms":40)");
  BOOST_TEST(failure_of(peer.query(endless).back()) == "57014");
  peer.rollback(), peer.begin();
  BOOST_TEST(peer.query("SELECT 1").front() == "r [1]");
  database.set_cancelled([] { return true; });
  BOOST_TEST(failure_of(peer.query(endless).back()) == "57014");
}

BOOST_FIXTURE_TEST_CASE(a_writer_waits_for_another_at_begin, Session) {
  const TempFolder folder;
  Database one(folder.file("db"), Database::Open::create);
  one.run("PRAGMA journal_mode = WAL; CREATE TABLE t (a integer)");
  Database two(folder.file("db"));
  Peer first(one);
  Peer second(two);
  first.hello(), second.hello();
  first.begin();
  BOOST_TEST(failure_of(second.begin(R"("lock_timeout_ms":30)")) == "55P03");
  BOOST_TEST(second.begin(R"("read_only":true)").starts_with("= "));
  second.rollback(), first.commit();
  BOOST_TEST(second.begin(R"("lock_timeout_ms":30)").starts_with("= "));
}

BOOST_FIXTURE_TEST_CASE(copies, Session) {
  peer.begin();
  peer.execute("CREATE TEMPORARY TABLE lines (line text, number integer)");
  std::string rows;
  begin_tuple(rows, 2), append_field(rows, "two\nlines"), append_field(rows, std::nullopt);
  begin_tuple(rows, 2), append_field(rows, ""), append_field(rows, "7");
  TEST_LINES(peer.tell(R"({"op":"copy_in","table":"lines"})"));
  TEST_LINES(peer.tell(protocol::frame_head(rows), rows));
  TEST_LINES(peer.tell("."), R"(= {"rows":2,"frames":1})");
  TEST_LINES(peer.tell(R"({"op":"copy_out","sql":"DELETE FROM lines RETURNING line, number"})"),
             protocol::frame_head(rows), R"(= {"rows":2,"frames":1})");
  BOOST_TEST(peer.bytes() == rows);
  BOOST_TEST(peer.query("SELECT count(*) FROM lines").front() == "r [0]");
}

BOOST_FIXTURE_TEST_CASE(a_copy_in_that_fails_tells_it_when_its_frames_are_over, Session) {
  std::string row;
  begin_tuple(row, 1), append_field(row, "{\"op\":\"bye\"}\n");
  const std::string head = protocol::frame_head(row);
  TEST_LINES(peer.tell(R"({"op":"copy_in","table":"x"})"));
  TEST_LINES(peer.tell(head, row));
  BOOST_TEST(failure_of(peer.last(".")) == "state");
  peer.begin();
  peer.tell(R"({"op":"copy_in","table":"nowhere"})");
  BOOST_TEST(failure_of(peer.last(".")) == "42P01");
  peer.rollback(), peer.begin();
  peer.execute("CREATE TEMPORARY TABLE lines (line text)");
  peer.tell(R"({"op":"copy_in","table":"lines"})");
  TEST_LINES(peer.tell(head, std::string(row.size(), 'x')));
  BOOST_TEST(failure_of(peer.last(".")) == "protocol");
  BOOST_TEST(failure_of(peer.execute("SELECT 1")) == "25P02");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_head_of_a_frame_ends_the_session, Session) {
  peer.begin();
  peer.tell(R"({"op":"copy_in","table":"x"})");
  BOOST_TEST(failure_of(peer.last("x nonsense")) == "protocol");
  BOOST_TEST(!peer.alive());
}

BOOST_FIXTURE_TEST_CASE(time_stands_still_in_a_transaction, Session) {
  peer.begin();
  peer.set_now(*parse_timestamp("2026-05-01T13:00:00Z"));
  BOOST_TEST(peer.query("SELECT now()").front() == std::string("r [\"") + kNow + "\"]");
  peer.rollback();
  BOOST_TEST(peer.begin() == R"(= {"now":"2026-05-01T13:00:00.000000Z"})");
}

BOOST_FIXTURE_TEST_CASE(bye_ends_the_session_and_rolls_back, Session) {
  peer.begin();
  peer.execute(insert_task());
  BOOST_TEST(peer.last(R"({"op":"bye"})") == "= {}");
  BOOST_TEST(!peer.alive());
  BOOST_TEST(database.integer_of("SELECT count(*) FROM authentik_tasks_task") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
