#include <boost/test/unit_test.hpp>

#include "akqueue/protocol.hpp"
#include "akqueue/tasks.hpp"
#include "fakes.hpp"
#include "session/agent.hpp"
#include "session/dialect.hpp"
#include "session/session.hpp"

using namespace akqueue;
using namespace akqueue::session;
using namespace akqueue::testing;

namespace {

const std::string kHello =
    R"(= {"engine":"postgresql","server_version":"15.18","database":"authentik","user":"a","schema":"public",)"
    R"("standby":false,"now":"2026-05-01T12:00:00.000000Z","authentik":null,"agent":"x"})";

const std::string kNoTables = R"(= {"tables":[],"references":[]})";

struct Conversation {
  std::vector<std::string> sent;

  std::unique_ptr<Session> session(std::vector<std::string> lines) {
    return std::make_unique<Session>(std::make_unique<ScriptedChannel>(std::move(lines), sent));
  }
};

Opened open(std::vector<ScriptedLauncher::Part> parts, std::vector<std::vector<std::string>>* journal = nullptr) {
  ScriptedLauncher launcher(std::move(parts));
  const auto exec = [&](const std::vector<std::string>& command) { return launcher.start(command); };
  const auto explain = [](const system::Finished& ended) { return Error(ErrorCode::forbidden, ended.error_text); };
  struct Keep {
    ScriptedLauncher& launcher;
    std::vector<std::vector<std::string>>* journal;
    ~Keep() {
      if (journal != nullptr) *journal = launcher.journal;
    }
  } keep{launcher, journal};
  return open_session(exec, explain, kTaskTable);
}

const std::string kGreeting(protocol::kGreeting);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_client, Conversation)

BOOST_AUTO_TEST_CASE(hello_tells_of_the_database) {
  const DatabaseFacts facts = session({kHello})->hello();
  BOOST_TEST(facts.server_version == "15.18");
  BOOST_TEST(facts.authentik == "");
  BOOST_TEST(facts.system == "");
  BOOST_TEST(facts.now == parse_timestamp("2026-05-01T12:00:00Z").value());
  BOOST_TEST(sent[0] == "{\"op\":\"hello\",\"protocol\":2}\n");
}

BOOST_AUTO_TEST_CASE(rows_come_one_by_one_and_end) {
  const auto one = session({"r [1,\"a\"]", "r [2,null]", R"(= {"rows":2,"columns":[],"crc32":2907826326})"});
  std::vector<std::string> seen;
  one->query({"SELECT 1"},
             [&](const Value& row) { seen.push_back(std::to_string(integer(row.at(0))) + text(row.at(1))); });
  BOOST_TEST(seen == (std::vector<std::string>{"1a", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bound_values_travel_beside_the_statement) {
  const auto one = session({R"(= {"rows":3})"});
  Statement statement;
  const std::string first = statement.bind("x'; DROP TABLE t");
  const std::string second = statement.bind(7);
  statement.sql = "DELETE FROM t WHERE a = " + first + " AND b = " + second;
  BOOST_TEST(one->execute(statement) == 3);
  const Value request = Value::parse(sent[0]);
  BOOST_TEST(request["sql"] == "DELETE FROM t WHERE a = $1 AND b = $2");
  BOOST_TEST(request["params"] == Value::array({"x'; DROP TABLE t", 7}));
}

BOOST_AUTO_TEST_CASE(settings_come_in_the_order_of_their_names) {
  const auto one = session({R"(= {"settings":[{"name":"worker.threads","value":"4","source":"environment","from":"X"},)"
                            R"({"name":"worker.y","value":null,"source":"configuration","from":null}]})"});
  const auto values = one->config({"worker.threads", "worker.y"});
  BOOST_TEST(values.at(0).value == "4");
  BOOST_TEST(values.at(0).from == "X");
  BOOST_TEST(values.at(1).value == "");
  BOOST_TEST(Value::parse(sent[0])["names"] == Value::array({"worker.threads", "worker.y"}));
  for (const char* reply : {"= {}", R"(= {"settings":[]})", R"(= {"settings":7})"}) {
    BOOST_TEST((error_of([&] { session({reply})->config({"worker.threads"}); }) == ErrorCode::protocol), reply);
  }
}

BOOST_AUTO_TEST_CASE(copied_rows_pass_unparsed) {
  struct Sink final : RowSink {
    void rows(std::string_view tuples) override { frames.emplace_back(tuples); }
    std::vector<std::string> frames;
  } sink;
  const std::string frame = "{not rows\n\0";
  BOOST_TEST(session({protocol::frame_head(frame), frame, protocol::frame_head("x"), "x", R"(= {"rows":2,"frames":2})"})
                 ->copy_out("x", sink) == 2);
  BOOST_TEST(sink.frames == (std::vector<std::string>{frame, "x"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(copied_rows_that_came_damaged_are_noticed) {
  struct Sink final : RowSink {
    void rows(std::string_view) override {}
  } sink;
  const std::string whole = R"(= {"rows":1,"frames":1})";
  const std::string head = protocol::frame_head("bytes");
  const std::vector<std::vector<std::string>> damaged{{head, "bytes", R"(= {"rows":1,"frames":2})"},
                                                      {head, "bytes", R"(= {"rows":1})"},
                                                      {head, "bytes", R"(= {"rows":1,"frames":"x"})"},
                                                      {head, "bytez", whole},
                                                      {"d 5 zzzzzzzz", "bytes", whole},
                                                      {"d x 00000000", "bytes", whole},
                                                      {"d 99999999999 00000000", "bytes", whole},
                                                      {"d 5", "bytes", whole}};
  for (const auto& lines : damaged) {
    const auto peer = session(lines);
    BOOST_TEST((error_of([&] { peer->copy_out("x", sink); }) == ErrorCode::protocol),
               lines.front() + " " + lines.back());
    BOOST_TEST((error_of([&] { peer->commit(); }) == ErrorCode::protocol), "nothing can be committed after that");
  }
  for (const char* end : {R"(= {"rows":1,"crc32":1})", R"(= {"rows":1})"}) {
    BOOST_TEST((error_of([&] { session({"r [1]", end})->rows({"x"}); }) == ErrorCode::protocol), end);
  }
}

BOOST_AUTO_TEST_CASE(replies_with_fields_of_other_types_do_no_harm) {
  for (const char* reply : {R"(! {"code":3,"message":[],"hint":{},"sqlstate":1})", "! {}"}) {
    BOOST_TEST((error_of([&] { session({reply})->commit(); }) == ErrorCode::protocol), reply);
  }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_wire_keeps_code_and_sqlstate) {
  const auto one = session({R"(! {"code":"sql","message":"boom","sqlstate":"23505","hint":"h"})", "= {}"});
  try {
    one->execute({"x"});
    BOOST_FAIL("no error");
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ErrorCode::sql));
    BOOST_TEST(error.sqlstate() == "23505");
    BOOST_TEST(error.hint() == "h");
  }
  one->rollback();  // the session goes on
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_reply_end_the_session) {
  for (const char* line : {"", "rubbish", "= {", "= []", "x {}", "r [1]", "d x"}) {
    const auto one = session({line, "= {}"});
    BOOST_TEST((error_of([&] { one->execute({"x"}); }) == ErrorCode::protocol), line);
    BOOST_TEST((error_of([&] { one->rollback(); }) == ErrorCode::protocol), "whoever asks again is told the same");
  }
  BOOST_TEST((error_of([&] { session({"r {}", "= {}"})->rows({"x"}); }) == ErrorCode::protocol));
}

BOOST_AUTO_TEST_CASE(a_peer_that_ends_is_lost_with_its_last_words) {
  try {
    session({})->execute({"x"});
    BOOST_FAIL("no error");
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ErrorCode::lost));
    BOOST_TEST(error.detail() == "killed");
  }
}

BOOST_AUTO_TEST_CASE(a_transaction_rolls_back_unless_committed) {
  const auto one = session(
      {R"(= {"now":"2026-05-01T12:00:00.000000Z"})", "= {}", R"(= {"now":"2026-05-01T12:00:00.000000Z"})", "= {}"});
  { const Transaction transaction(*one, {}); }
  {
    Transaction transaction(*one, {.read_only = false});
    transaction.commit();
  }
  BOOST_TEST(sent[1] == "{\"op\":\"rollback\"}\n");
  BOOST_TEST(sent[3] == "{\"op\":\"commit\"}\n");
  BOOST_TEST(Value::parse(sent[0])["read_only"] == true);
}

namespace {

const std::string kBegan = R"(= {"now":"2026-05-01T12:00:00.000000Z"})";
const std::string kOneRow = "r [1]";
const std::string kOneCame = R"(= {"rows":1})";
const std::string kRefused = R"(! {"code":"sql","message":"no","sqlstate":"57P03"})";

}  // namespace

/// Nothing is waited for until something is asked, and then all of it comes with that.
BOOST_AUTO_TEST_CASE(begin_and_rollback_of_a_transaction_that_only_reads_travel_with_what_is_asked_for) {
  const auto silent = session({});
  { const Transaction transaction(*silent, {}); }
  BOOST_REQUIRE(sent.size() == 2U);
  BOOST_TEST(Value::parse(sent[0])["op"] == "begin");
  BOOST_TEST(Value::parse(sent[1])["op"] == "rollback");
  BOOST_TEST(silent->awaited() == 0U);

  const auto one = session({kBegan, "= {}", kBegan, kOneCame, "= {}"});
  { const Transaction unused(*one, {}); }
  {
    const Transaction transaction(*one, {});
    BOOST_TEST(one->execute({"x"}) == 1);
    BOOST_TEST(transaction.now() == parse_timestamp("2026-05-01T12:00:00.000000Z").value());
  }
  one->take_quiet();
}

BOOST_AUTO_TEST_CASE(the_time_of_a_transaction_is_waited_for) {
  const auto one = session({kBegan, "= {}"});
  const Transaction transaction(*one, {});
  BOOST_TEST(transaction.now() == parse_timestamp("2026-05-01T12:00:00.000000Z").value());
}

/// The begin's own failure is told, not that of what came behind it; and the session goes on.
BOOST_AUTO_TEST_CASE(what_a_quiet_begin_fails_with_is_told_by_the_next_request) {
  const std::string no_transaction = R"(! {"code":"state","message":"no transaction is open"})";
  const auto one = session({kRefused, no_transaction, no_transaction, kBegan, kOneCame, "= {}"});
  {
    const Transaction transaction(*one, {});
    BOOST_TEST(words_of([&] { one->execute({"x"}); }) == "no");
    BOOST_TEST((error_of([&] { transaction.now(); }) == ErrorCode::state));
  }
  // The answer to its rollback is a failure as well, which is nobody's.
  const Transaction transaction(*one, {});
  BOOST_TEST(one->execute({"x"}) == 1);
}

/// Each answer goes to its own request, whatever is quiet between them.
BOOST_AUTO_TEST_CASE(answers_that_are_waited_for_are_counted_without_the_quiet_ones) {
  const auto one = session({kBegan, "= {}", kBegan, kOneCame, R"(= {"rows":2})", "= {}"});
  { const Transaction reading(*one, {}); }
  {
    Transaction writing = Transaction::ahead(*one, {.read_only = false});
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::vector<Request> two;
    two.push_back(execute_request({"x"}, [&](std::int64_t rows) { first = rows; }));
    two.push_back(execute_request({"y"}, [&](std::int64_t rows) { second = rows; }));
    one->send(std::move(two));
    BOOST_TEST(one->awaited() == 3U);
    one->await(2);  // the begin and the first
    BOOST_TEST(first == 1);
    BOOST_TEST(second == 0);
    one->await(1);
    BOOST_TEST(second == 2);
    writing.commit();
  }
}

BOOST_AUTO_TEST_CASE(no_failure_of_a_request_that_was_sent_ahead_is_missed) {
  const auto ahead = [](Session& one) {
    std::vector<Request> requests;
    requests.push_back(execute_request({"UPDATE t SET a = 1"}));
    one.send(std::move(requests));
  };
  const std::string failed = R"(! {"code":"sql","message":"no such table","sqlstate":"42P01"})";
  const auto one = session({failed, R"(= {"rows":1})"});
  ahead(*one);
  BOOST_TEST((error_of([&] { one->execute({"x"}); }) == ErrorCode::sql));
  const auto other = session({failed, "= {}"});
  ahead(*other);
  other->rollback();
  BOOST_TEST(other->awaited() == 0u);
}

BOOST_AUTO_TEST_CASE(noise_before_the_greeting_is_skipped) {
  const Opened opened = open({{{"Welcome", "{\"event\": \"log\"}", kGreeting, kHello, kNoTables}, 0, ""}});
  BOOST_TEST(opened.facts.engine == "postgresql");
}

BOOST_AUTO_TEST_CASE(the_next_interpreter_is_tried_when_one_is_missing) {
  std::vector<std::vector<std::string>> journal;
  open({{{}, 1, "exec: \"python\": executable file not found in $PATH"},
        {{}, 127, "command terminated with exit code 127"},
        {{"banner", kGreeting, kHello, kNoTables}, 0, ""}},
       &journal);
  BOOST_TEST(journal.size() == 3u);
  BOOST_TEST(journal[1][0] == "/ak-root/.venv/bin/python");
  BOOST_TEST(journal[2][0] == "ak");
}

BOOST_AUTO_TEST_CASE(the_next_interpreter_is_tried_when_one_has_no_authentik) {
  const std::string failed = R"(! {"code":"no-authentik","message":"no module"})";
  BOOST_TEST(
      open({{{kGreeting, failed, failed, "= {}"}, 0, ""}, {{kGreeting, kHello, kNoTables}, 0, ""}}).facts.database ==
      "authentik");
  const auto none = [&] {
    open({{{kGreeting, failed, failed, "= {}"}, 0, ""}, {{kGreeting, failed, failed, "= {}"}, 0, ""}, {{}, 127, ""}});
  };
  BOOST_TEST((error_of(none) == ErrorCode::no_authentik));
}

BOOST_AUTO_TEST_CASE(starts_that_fail) {
  BOOST_TEST((error_of([] { open({{{}, 127, ""}, {{}, 127, ""}, {{}, 127, ""}}); }) == ErrorCode::no_python));
  BOOST_TEST((error_of([] { open({{{}, 1, "Error from server (Forbidden)"}}); }) == ErrorCode::forbidden));
  BOOST_TEST((error_of([] { open({{{"hello?"}, 1, ""}}); }) == ErrorCode::no_greeting));
  BOOST_TEST((error_of([] { open({{{}, 1, "Traceback (most recent call last):"}}); }) == ErrorCode::no_greeting));
  BOOST_TEST((error_of([] { open({{{"akqueue-agent 3", kHello, kNoTables}, 0, ""}}); }) == ErrorCode::protocol));
  const std::string refused = R"(! {"code":"connect","message":"refused"})";
  const std::string before_hello = R"(! {"code":"state","message":"hello comes first"})";
  BOOST_TEST((error_of([&] { open({{{kGreeting, refused, before_hello, "= {}"}, 0, ""}}); }) == ErrorCode::connect));
  BOOST_TEST((error_of([&] { open({{{kGreeting, refused}, 1, ""}}); }) == ErrorCode::connect), "it ended after that");
}

BOOST_AUTO_TEST_CASE(base64_both_ways) {
  for (const std::string& bytes : {std::string(), std::string("\0", 1), std::string("ab"), std::string("abc"),
                                   std::string("\xff\x00\x80\x7f", 4)}) {
    BOOST_TEST(protocol::unbase64(protocol::base64(bytes)) == bytes);
  }
  BOOST_TEST(protocol::base64("foob") == "Zm9vYg==");
  for (const char* text : {"a", "ab=c", "a===", "!!!!", "====", "YQ=a"}) {
    BOOST_TEST((error_of([&] { protocol::unbase64(text); }) == ErrorCode::protocol), text);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_engine_is_refused) {
  BOOST_TEST((error_of([] { make_dialect("oracle", "1"); }) == ErrorCode::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
