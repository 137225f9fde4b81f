// What a transaction promises: begin, commit, rollback, what is refused when, limits of time, snapshots.
#include <boost/test/unit_test.hpp>
#include <optional>
#include <thread>

#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

/// Runs for minutes on either engine.
const std::string kSlow =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n";

const std::string kWrite =
    "INSERT INTO authentik_tasks_workerstatus (id, hostname, version, last_seen)"
    " VALUES ('11111111-2222-4333-8444-555555555555', 'w', 'v', '2026-05-01T12:00:00Z')";
const std::string kLook = "SELECT w.hostname FROM authentik_tasks_workerstatus AS w";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(transactions, EmptyQueue, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(nothing_is_done_outside_a_transaction) {
  BOOST_TEST(failure_of([&] { session->rows({kLook}); }) == "state");
  BOOST_TEST(failure_of([&] { session->execute({kWrite}); }) == "state");
  BOOST_TEST(failure_of([&] { session->commit(); }) == "state");
  Wire wire(peer);
  BOOST_TEST(wire.ask({{"op", "copy_out"}, {"sql", "SELECT 'x'"}}).failure() == "state");
  BOOST_TEST(wire.copy_in("authentik_tasks_workerstatus", {"x"}).failure() == "state");
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_CASE(begin_inside_a_transaction_is_refused_and_changes_nothing) {
  const session::Transaction transaction(*session, kWriting);
  session->execute({kWrite});
  BOOST_TEST(failure_of([&] { session->begin(kReading); }) == "state");
  BOOST_TEST(session->rows({kLook}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(rollback_is_taken_in_any_state) {
  session->rollback();
  session->begin(kWriting);
  session->execute({kWrite});
  session->rollback();
  session->rollback();
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_CASE(commit_keeps_and_another_session_sees_it_only_then) {
  const session::Opened other = peer.open();
  const auto seen = [&] {
    const session::Transaction transaction(*other.session, kReading);
    return other.session->rows({kLook}).size();
  };
  session->begin(kWriting);
  session->execute({kWrite});
  BOOST_TEST(seen() == 0U);
  session->commit();
  BOOST_TEST(seen() == 1U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_stands_still_from_begin_on) {
  const session::Opened other = peer.open();
  session->begin({.read_only = true, .snapshot = true});
  {
    session::Transaction transaction(*other.session, kWriting);
    other.session->execute({kWrite});
    transaction.commit();
  }
  BOOST_TEST(session->rows({kLook}).size() == 0U);
  session->rollback();
  BOOST_TEST(count("authentik_tasks_workerstatus") == 1);
}

/// What must differ: SQLite's transactions always see one state of the data.
BOOST_AUTO_TEST_CASE(without_a_snapshot_postgresql_sees_what_was_committed_meanwhile) {
  const session::Opened other = peer.open();
  session->begin({.read_only = true});
  session->rows({kLook});
  {
    session::Transaction transaction(*other.session, kWriting);
    other.session->execute({kWrite});
    transaction.commit();
  }
  BOOST_TEST(session->rows({kLook}).size() == (peer.is_postgres() ? 1U : 0U));
  session->rollback();
}

BOOST_AUTO_TEST_CASE(read_only_refuses_every_kind_of_writing) {
  insert_worker("a", 0);
  for (const char* sql :
       {"DELETE FROM authentik_tasks_workerstatus", "UPDATE authentik_tasks_workerstatus SET version = 'x'",
        kWrite.c_str(), "CREATE TABLE akqueue_never (i integer)", "DROP TABLE authentik_tasks_workerstatus"}) {
    BOOST_TEST_CONTEXT(sql) {
      const session::Transaction transaction(*session, {.read_only = true});
      BOOST_TEST(failure_of([&] { session->execute({sql}); }) == "sql 25006");
      BOOST_TEST(failure_of([&] { session->rows({kLook}); }) == "sql 25P02");
    }
  }
  BOOST_TEST(count("authentik_tasks_workerstatus") == 1);
  BOOST_TEST(write({"UPDATE authentik_tasks_workerstatus SET version = 'x'"}) == 1);  // the next transaction may write
}

/// What comes after a request that failed fails as well, and the commit does not commit; the transaction behind it is
/// another one.
BOOST_AUTO_TEST_CASE(requests_that_travel_together_are_answered_in_order) {
  const ForeignJson begin{{"op", "begin"}, {"read_only", false}};
  const ForeignJson write{{"op", "execute"}, {"sql", kWrite}, {"params", ForeignJson::array()}};
  const ForeignJson wrong{{"op", "execute"}, {"sql", "DELETE FROM akqueue_nowhere"}, {"params", ForeignJson::array()}};
  const ForeignJson look{{"op", "query"}, {"sql", kLook}, {"params", ForeignJson::array()}};
  const ForeignJson copy{{"op", "copy_out"}, {"sql", "DELETE FROM authentik_tasks_workerstatus RETURNING hostname"}};
  const ForeignJson commit{{"op", "commit"}};
  Wire wire(peer);
  std::vector<std::string> failures;
  std::vector<std::size_t> rows;
  for (const Reply& reply : wire.ask_together(
           {begin, write, look, wrong, look, copy, write, commit, begin, look, write, commit, begin, copy, commit})) {
    failures.push_back(reply.failure());
    rows.push_back(reply.failed || reply.object.count("columns") == 0 ? 0 : reply.lines.size());
  }
  BOOST_TEST(failures == (std::vector<std::string>{"", "", "", "sql 42P01", "sql 25P02", "sql 25P02", "sql 25P02",
                                                   "sql 25P02", "", "", "", "", "", "", ""}),
             boost::test_tools::per_element());
  BOOST_TEST(rows[2] == 1u);
  BOOST_TEST(rows[9] == 0u);
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

/// Whatever the others would have answered is read before the first failure is thrown: the session goes on.
BOOST_AUTO_TEST_CASE(a_failure_among_requests_that_travel_together_leaves_the_session_in_step) {
  std::int64_t written = 0;
  std::int64_t seen = 0;
  const auto ask = [&](const std::string& second) {
    std::vector<session::Request> together;
    together.push_back(session::begin_request(kWriting));
    together.push_back(session::execute_request({kWrite}, [&](std::int64_t rows) { written = rows; }));
    together.push_back(session::execute_request({second}));
    together.push_back(session::query_request({kLook}, [&](const session::Value&) { ++seen; }));
    session->send(std::move(together));
    session->await(3);
  };
  BOOST_TEST(failure_of([&] { ask("DELETE FROM akqueue_nowhere"); }) == "sql 42P01");
  BOOST_TEST(written == 1);
  BOOST_TEST(seen == 0);
  BOOST_TEST(session->awaited() == 0u);
  session->rollback();
  ask("UPDATE authentik_tasks_workerstatus SET version = 'x'");
  BOOST_TEST(seen == 0);
  BOOST_TEST(session->awaited() == 1u);
  session->commit();  // takes first the answer that nobody has waited for
  BOOST_TEST(seen == 1);
  BOOST_TEST(count("authentik_tasks_workerstatus") == 1);
}

BOOST_AUTO_TEST_CASE(a_failed_transaction_takes_nothing_but_rollback) {
  session->begin(kWriting);
  session->execute({kWrite});
  BOOST_TEST(failure_of([&] { session->execute({kWrite}); }) == "sql 23505");
  struct Sink final : session::RowSink {
    void rows(std::string_view) override {}
  } sink;
  BOOST_TEST(failure_of([&] { session->rows({kLook}); }) == "sql 25P02");
  BOOST_TEST(failure_of([&] { session->execute({kWrite}); }) == "sql 25P02");
  BOOST_TEST(failure_of([&] { session->copy_out("SELECT 'x'", sink); }) == "sql 25P02");
  BOOST_TEST(failure_of([&] { session->introspect("authentik_tasks_task"); }) == "sql 25P02");
  BOOST_TEST(failure_of([&] { session->begin(kWriting); }) == "state");
  session->rollback();
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_CASE(commit_of_a_failed_transaction_is_refused_and_rolls_back) {
  session->begin(kWriting);
  session->execute({kWrite});
  BOOST_TEST(failure_of([&] { session->rows({"SELECT nonsense"}); }) == "sql 42703");
  BOOST_TEST(failure_of([&] { session->commit(); }) == "sql 25P02");
  BOOST_TEST(failure_of([&] { session->commit(); }) == "state");
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_CASE(a_foreign_key_is_checked_at_commit_which_then_rolls_back) {
  const std::string gone = insert_task();
  const std::string kept = insert_task();
  insert_log({.task = gone});
  std::optional<ExtraTable> note;  // stands in for the log table where there is none
  if (!offers(kTaskLogTable)) {
    note.emplace(*this, "akqueue_note",
                 "task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id) DEFERRABLE INITIALLY DEFERRED");
    write({"INSERT INTO akqueue_note VALUES ($1)", session::Value::array({gone})});
  }
  session->begin(kWriting);
  BOOST_TEST(session->execute({"DELETE FROM authentik_tasks_task"}) == 2);
  BOOST_TEST(failure_of([&] { session->commit(); }) == "sql 23503");
  BOOST_TEST(failure_of([&] { session->commit(); }) == "state");
  BOOST_TEST(count("authentik_tasks_task") == 2);
  // In any order within one transaction, as it is deferred.
  session->begin(kWriting);
  session->execute({"DELETE FROM authentik_tasks_task"});
  session->execute({std::string("DELETE FROM ") + (note ? "akqueue_note" : "authentik_tasks_tasklog")});
  session->commit();
  BOOST_TEST(count("authentik_tasks_task") == 0);
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long_is_ended) {
  const session::Transaction transaction(*session, {.read_only = true, .statement_timeout_ms = 200});
  const auto started = std::chrono::steady_clock::now();
  BOOST_TEST(failure_of([&] { session->rows({kSlow}); }) == "sql 57014");
  BOOST_TEST((std::chrono::steady_clock::now() - started < std::chrono::seconds(20)));
  BOOST_TEST(failure_of([&] { session->rows({kLook}); }) == "sql 25P02");
}

BOOST_AUTO_TEST_CASE(limits_end_with_their_transaction) {
  session->begin({.read_only = true, .statement_timeout_ms = 20});
  session->rollback();
  const session::Transaction transaction(*session, {.read_only = true});
  const auto rows = session->rows(
      {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"});
  BOOST_TEST(rows.at(0).at(0) == session::Value(1'000'000));
}

/// PostgreSQL waits for the row, SQLite for the one place of a writer at begin: the same error in the end.
BOOST_AUTO_TEST_CASE(waiting_for_a_lock_has_its_limit) {
  insert_worker("a", 0);
  const session::Opened other = peer.open();
  const session::Transaction first(*other.session, kWriting);
  other.session->execute({"UPDATE authentik_tasks_workerstatus SET version = 'other'"});
  BOOST_TEST(failure_of([&] {
               const session::Transaction second(*session, {.read_only = false, .lock_timeout_ms = 200});
               session->execute({"UPDATE authentik_tasks_workerstatus SET version = 'mine'"});
             }) == "sql 55P03");
  BOOST_TEST(failure_of([&] { session->rows({kLook}); }) == "state");
  session->rollback();
  BOOST_TEST(count("authentik_tasks_workerstatus", "version = '2025.12.4'") == 1);  // readers never wait
}

BOOST_AUTO_TEST_CASE(now_is_the_transactions_and_goes_on_with_the_next) {
  const Timestamp first = session->begin(kReading);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  BOOST_TEST(session->rows({"SELECT CAST(now() AS timestamp with time zone)"}).at(0).at(0) ==
             session::Value(format_timestamp(first)));
  session->rollback();
  const Timestamp second = session->begin(kReading);
  session->rollback();
  BOOST_TEST(first < second);
  BOOST_TEST(facts.now <= first);
}

BOOST_AUTO_TEST_CASE(a_peer_whose_input_ends_rolls_back) {
  Wire wire(peer);
  wire.begin();
  BOOST_TEST(wire.execute(kWrite).failure() == "");
  wire.hang_up();
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_CASE(bye_rolls_back_and_ends_with_0) {
  Wire wire(peer);
  wire.begin();
  BOOST_TEST(wire.execute(kWrite).failure() == "");
  BOOST_TEST(wire.ask({{"op", "bye"}}).object == ForeignJson::object());
  BOOST_TEST(wire.hang_up() == 0);
  BOOST_TEST(count("authentik_tasks_workerstatus") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
