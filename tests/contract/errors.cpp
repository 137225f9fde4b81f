// The errors of the page: each code that a connected peer can give, each SQLSTATE that both engines give.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Mistake {
  const char* sqlstate;
  const char* sql;
  session::Value params = session::Value::array();
  std::string_view table = {};  ///< what the statement is about, where not every release has it
  std::string_view column = {};
};

// A key of type integer would do for none of these: SQLite takes such a column for its own row number, which is never
// NULL.
const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> kMistakes{
      {"42601", "SELEC 1"},
      {"42601", "SELECT 1 FROM"},
      {"42601", "SELECT 'unfinished"},
      {"42601", "SELECT 1; SELECT 2"},
      {"42P01", "SELECT 1 FROM nowhere"},
      {"42P01", "DELETE FROM nowhere"},
      {"42P01", "INSERT INTO nowhere VALUES (1)"},
      {"42P01", "DROP TABLE nowhere"},
      {"42703", "SELECT t.no_column FROM authentik_tasks_task AS t"},
      {"42703", "UPDATE akqueue_rules SET no_column = 1"},
      {"42703", "INSERT INTO akqueue_rules (no_column) VALUES (1)"},
      {"42883", "SELECT no_such_function(1)"},
      {"42P07", "CREATE TABLE akqueue_rules (i integer)"},
      {"23502", "INSERT INTO akqueue_rules (id) VALUES (NULL)"},
      {"23502", "INSERT INTO akqueue_rules (id, needed) VALUES (2, NULL)"},
      {"23502", "UPDATE akqueue_rules SET needed = NULL"},
      {"23503", "INSERT INTO akqueue_rules (id, parent) VALUES (2, 99)"},
      {"23505", "INSERT INTO akqueue_rules (id) VALUES (1)"},
      {"23505", "INSERT INTO akqueue_rules (id, single) VALUES (2, 'taken')"},
      {"23514", "INSERT INTO akqueue_rules (id, positive) VALUES (2, 0)"},
      {"23514", "UPDATE authentik_tasks_task SET retries = -1", session::Value::array(), kTaskTable, "retries"},
      {"22P02", "SELECT CAST('nonsense' AS uuid)"},
      {"22P02", "SELECT CAST($1 AS uuid)", session::Value::array({"11111111-2222-4333-8444"})},
      {"22P02", "SELECT CAST($1 AS boolean)", session::Value::array({"perhaps"})},
      {"22P02", "SELECT CAST($1 AS bigint)", session::Value::array({"12 apples"})},
      {"22P02", "SELECT CAST($1 AS jsonb)", session::Value::array({"{half"})},
      {"22P02", "UPDATE authentik_tasks_task SET message_id = $1", session::Value::array({"nonsense"})},
      {"22P02", "UPDATE authentik_tasks_task SET _messages = $1", session::Value::array({"{half"})},
      {"22P02", "UPDATE authentik_tasks_tasklog SET previous = $1", session::Value::array({"perhaps"}), kTaskLogTable},
      {"22P02", "UPDATE authentik_tasks_tasklog SET attributes = $1", session::Value::array({"nonsense"}),
       kTaskLogTable},
      {"22P02", "UPDATE authentik_tasks_task SET retries = $1", session::Value::array({"many"}), kTaskTable, "retries"},
      {"22007", "UPDATE authentik_tasks_task SET mtime = $1", session::Value::array({"yesterday noon"})},
      {"22003", "UPDATE authentik_tasks_task SET rel_obj_content_type_id = $1", session::Value::array({"3000000000"})},
      {"08P01", "SELECT CAST($1 AS text)", session::Value::array()},
      {"08P01", "SELECT CAST($1 AS text)", session::Value::array({"a", "b"})},
  };
  return kMistakes;
}

struct WithRules : EmptyQueue {
  WithRules() {
    write({"INSERT INTO akqueue_rules (id, single) VALUES (1, 'taken')"});
    insert_log({.task = insert_task()});
  }
  /// In a release that lacks what the statement names, that is the mistake.
  std::string wanted(const Mistake& mistake) {
    if (mistake.table.empty() || offers(mistake.table, mistake.column)) return std::string("sql ") + mistake.sqlstate;
    return mistake.column.empty() ? "sql 42P01" : "sql 42703";
  }
  ExtraTable table{*this, "akqueue_rules",
                   "id bigint NOT NULL PRIMARY KEY, parent bigint REFERENCES akqueue_rules (id), needed text NOT NULL "
                   "DEFAULT 'x', single text UNIQUE,"
                   " positive integer CHECK (positive > 0)"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(errors, WithRules, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(each_mistake_has_its_sqlstate) {
  for (const Mistake& mistake : mistakes()) BOOST_TEST_CONTEXT(mistake.sql) {
      const std::string failure = wanted(mistake);
      const session::Transaction transaction(*session, kWriting);
      BOOST_TEST(failure_of([&] { session->execute({mistake.sql, mistake.params}); }) == failure);
      BOOST_TEST(failure_of([&] { session->rows({"SELECT 1"}); }) == "sql 25P02");
    }
  BOOST_TEST(count("akqueue_rules") == 1);
}

BOOST_AUTO_TEST_CASE(query_and_execute_fail_alike) {
  for (const Mistake& mistake : mistakes()) BOOST_TEST_CONTEXT(mistake.sql) {
      const std::string failure = wanted(mistake);
      const session::Transaction transaction(*session, kWriting);
      BOOST_TEST(failure_of([&] { session->rows({mistake.sql, mistake.params}); }) == failure);
    }
}

BOOST_AUTO_TEST_CASE(a_message_is_one_line_of_words) {
  for (const Mistake& mistake : mistakes()) BOOST_TEST_CONTEXT(mistake.sql) {
      const session::Transaction transaction(*session, kWriting);
      try {
        session->execute({mistake.sql, mistake.params});
        BOOST_ERROR("it did not fail");
      } catch (const Error& error) {
        const std::string message = error.what();
        BOOST_TEST(!message.empty());
        BOOST_TEST(message.find('\n') == std::string::npos);
      }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_leaves_the_transaction_as_it_was) {
  Wire wire(peer);
  wire.begin();
  BOOST_TEST(wire.execute("UPDATE akqueue_rules SET needed = 'y'").failure() == "");
  for (const char* line :
       {"hello", "[]", "\"query\"", "{}", "", "{\"op\":\"drop\"}", "{\"op\":1}", "{\"op\":\"query\"}",
        "{\"op\":\"query\",\"sql\":7}", R"j({"op":"query","sql":"SELECT CAST($1 AS text)","params":"x"})j",
        R"j({"op":"query","sql":"SELECT CAST($1 AS text)","params":[[1]]})j",
        R"j({"op":"query","sql":"SELECT CAST($1 AS text)","params":[{"b":1}]})j",
        R"j({"op":"query","sql":"SELECT CAST($1 AS bytea)","params":[{"b64":"!"}]})j", "{\"op\":\"introspect\"}",
        "{\"op\":\"copy_out\"}"}) {
    BOOST_TEST_CONTEXT(line) {
      const Reply reply = wire.ask_line(line);
      BOOST_TEST(reply.failure() == "protocol");
      BOOST_TEST(!reply.object.value("message", std::string()).empty());
    }
  }
  BOOST_TEST(wire.query("SELECT r.needed FROM akqueue_rules AS r").rows() ==
             std::vector<ForeignJson>{ForeignJson::array({"y"})});
  BOOST_TEST(wire.ask({{"op", "rollback"}}).failure() == "");
}

BOOST_AUTO_TEST_CASE(another_version_and_a_second_hello_are_refused) {
  Wire wire(peer);
  BOOST_TEST(wire.ask({{"op", "hello"}, {"protocol", 2}}).failure() == "state");
  const auto settings = [](const ForeignJson& more) {
    ForeignJson request = {{"op", "begin"}};
    request.update(more);
    return request;
  };
  BOOST_TEST(wire.ask(settings({{"read_only", "yes"}})).failure() == "protocol");
  BOOST_TEST(wire.ask(settings({{"statement_timeout_ms", "1"}})).failure() == "protocol");
  BOOST_TEST(wire.ask(settings(ForeignJson::object())).failure() == "");
}

BOOST_AUTO_TEST_CASE(an_error_after_rows_ends_the_answer) {
  Wire wire(peer);
  wire.begin(true);
  // The recursion fails at its third row, when two are out (or held back: PostgreSQL may sort them out first).
  const Reply reply = wire.query(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)"
      " SELECT CAST(CASE WHEN n.i < 3 THEN '1' ELSE 'x' END AS bigint) FROM n");
  BOOST_TEST(reply.failure() == "sql 22P02");
  BOOST_TEST(reply.lines.size() <= 2U);
  BOOST_TEST(wire.query("SELECT 1").failure() == "sql 25P02");
}

BOOST_AUTO_TEST_CASE(execute_counts_what_it_changed) {
  insert_many(30, "many");
  const session::Transaction transaction(*session, kWriting);
  BOOST_TEST(session->execute({"UPDATE authentik_tasks_task SET state = 'done' WHERE actor_name = 'many'"}) == 30);
  BOOST_TEST(session->execute({"UPDATE authentik_tasks_task SET state = 'done' WHERE actor_name = 'none'"}) == 0);
  BOOST_TEST(session->execute({"CREATE TEMPORARY TABLE akqueue_few (id uuid)"}) == 0);
  BOOST_TEST(session->execute({"INSERT INTO akqueue_few SELECT t.message_id FROM authentik_tasks_task AS t WHERE "
                               "t.state = 'done' LIMIT 7"}) == 7);
  BOOST_TEST(session->execute(
                 {"DELETE FROM authentik_tasks_task AS t WHERE t.message_id IN (SELECT f.id FROM akqueue_few AS f)"}) ==
             7);
  BOOST_TEST(session->execute({"DROP TABLE akqueue_few"}) == 0);
  BOOST_TEST(session->rows({"DELETE FROM authentik_tasks_task WHERE state = 'done' RETURNING message_id"}).size() ==
             23U);
}

BOOST_FIXTURE_TEST_CASE(settings_of_workers_and_no_others, EmptyQueue) {
  Wire wire(peer);
  const Reply told = wire.ask({{"op", "config"}, {"names", {"worker.task_expiration", "worker.processes"}}});
  BOOST_TEST(told.object ==
             ForeignJson::parse(
                 R"({"settings": [{"name": "worker.task_expiration", "value": "days=30", "source": "configuration",)"
                 R"( "from": null},
                                                         {"name": "worker.processes", "value": "1",
 "source": "configuration", "from": null}]})"));
  for (const char* name : {"worker.nosuch", "postgresql.password", "secret_key", ""}) {
    BOOST_TEST(wire.ask({{"op", "config"}, {"names", {name}}}).failure() == "protocol", name);
  }
}

BOOST_FIXTURE_TEST_CASE(functions_of_which_nothing_is_known_are_not_absent, EmptyQueue) {
  Wire wire(peer);
  const Reply told = wire.ask({{"op", "absent"}, {"names", {"a", "authentik.core.tasks.clean_expired_models", ""}}});
  BOOST_TEST(told.object == ForeignJson::parse(R"({"absent": []})"));
  BOOST_TEST(wire.ask({{"op", "absent"}, {"names", {1}}}).failure() == "protocol");
  BOOST_TEST(wire.ask({{"op", "absent"}}).failure() == "protocol");
}

BOOST_AUTO_TEST_SUITE_END()
