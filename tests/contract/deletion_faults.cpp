// delete_tasks() when something comes in between: a stop, a row that is locked, a sink that fails. Each row is in the
// table or was given away, never both and never neither.
#include "deletions.hpp"

#include <chrono>

#include "between.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(deletion_faults, Deletions, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(stop_ends_it_after_the_batch) {
  insert_many(12'000, "many", 1);
  queue::DeletionPlan given = orders();
  bool stop = false;
  std::int64_t when_asked = 0;
  given.progress = [&](const queue::Progress& progress) {
    when_asked = progress.deleted;  // the first pages may be empty: earlier cases left them behind
    stop = progress.deleted > 0;
  };
  given.stop = [&] { return stop; };
  const queue::DeletionResult result = run(given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(backup::total(result.deleted) > 0);
  BOOST_TEST(backup::total(result.deleted) == when_asked);
  BOOST_TEST(tasks() > 0);
  BOOST_TEST(backup::total(result.deleted) + tasks() == 12'000);
  BOOST_TEST(result.other_rows.total() == log_rows(backup::total(result.deleted)));
  BOOST_TEST(logs() == log_rows(tasks()));
  BOOST_TEST(!result.counted);
  BOOST_TEST(result.in_doubt == 0);
  check_complete(run(), 12'000 - backup::total(result.deleted));  // and it can be taken up again
}

BOOST_AUTO_TEST_CASE(a_commit_whose_answer_is_lost_is_in_doubt) {
  insert_many(12'000, "many", 1);
  queue::DeletionPlan given = orders();
  Books books;
  given.sink = &books;  // rows are given away
  const session::Opened cut =
      open_through([](auto process) { return std::make_unique<CutAtCommit>(std::move(process), 2); });
  const session::Database near = database();
  const queue::DeletionResult result = queue::delete_tasks({*cut.session, near.catalog, near.dialect}, given);
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST(session::ends_session(*result.failure));
  BOOST_TEST(backup::total(result.deleted) > 0);
  BOOST_TEST(result.in_doubt > 0);
  BOOST_TEST(tasks() + backup::total(result.deleted) + result.in_doubt ==
             12'000);  // it was committed, but the answer was lost
}

/// A worker that takes a task after the batch's snapshot has seen it queued: what has chosen the row knows nothing of
/// it.
BOOST_AUTO_TEST_CASE(what_a_worker_has_taken_since_the_snapshot_stays) {
  const std::string taken = insert_task({.state = "running"});
  const std::string orphan = insert_task({.state = "running"});
  const std::string queued = insert_task();
  worker.hold(taken);
  const queue::DeletionPlan given = orders();
  Books books;
  queue::Batch batch(database(), given.selection, false, &books, {});
  const queue::BatchResult result =
      batch.run({&given.selection, [](session::Statement&) { return std::string("1 = 1"); }, 0});
  BOOST_TEST(result.held == 1);
  BOOST_TEST(backup::total(result.deleted) == 2);
  BOOST_TEST(tasks("message_id = '" + taken + "'") == 1);
  BOOST_TEST(tasks() == 1);
  BOOST_TEST(books.gone == (std::set<std::string>{"authentik_tasks_task " + orphan, "authentik_tasks_task " + queued}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stop_before_the_first_batch_deletes_nothing) {
  insert_many(3000, "many");
  queue::DeletionPlan given = orders();
  given.stop = [] { return true; };
  const queue::DeletionResult result = run(given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(backup::total(result.deleted) == 0);
  BOOST_TEST(tasks() == 3000);
}

BOOST_AUTO_TEST_CASE(stop_counts_in_a_sweep_as_well) {
  insert_many(2500, "many");
  Choice choice;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t"}))
    choice.ids.push_back(session::text(row.at(0)));
  queue::DeletionPlan given = orders(choice);
  bool stop = false;
  given.progress = [&](const queue::Progress&) { stop = true; };
  given.stop = [&] { return stop; };
  const queue::DeletionResult result = run(given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(backup::total(result.deleted) + tasks() == 2500);
  BOOST_TEST(tasks() == 500);  // the first two thousand were one batch
}

BOOST_AUTO_TEST_CASE(a_row_that_somebody_has_locked_stays_and_is_counted) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has no row locks: one writer at a time, and a second one waits");
    return;
  }
  const std::string locked = insert_task({.actor = "a"});
  insert_log({.task = locked});
  insert_many(3000, "b");
  const session::Opened other = peer.open();
  const session::Transaction transaction(*other.session, kWriting);
  other.session->rows({"SELECT t.message_id FROM authentik_tasks_task AS t WHERE t.message_id = $1 FOR UPDATE",
                       session::Value::array({locked})});
  const queue::DeletionResult result = run();
  check_complete(result, 3000);
  BOOST_TEST(result.locked == 1);
  BOOST_TEST(result.held == 0);
  BOOST_TEST(result.remaining == 1);
  BOOST_TEST(tasks() == 1);
  BOOST_TEST(logs() == log_rows(1));
}

BOOST_AUTO_TEST_CASE(a_log_row_that_is_locked_is_waited_for_and_tried_again) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has no row locks");
    return;
  }
  if (!offers(kTaskLogTable)) return;
  const std::string task = insert_task();
  insert_log({.task = task});
  const session::Opened other = peer.open();
  other.session->begin(kWriting);
  other.session->rows({"SELECT l.id FROM authentik_tasks_tasklog AS l FOR UPDATE"});
  queue::DeletionPlan given = orders();
  int waits = 0;
  given.progress = [&](const queue::Progress& progress) {
    if (progress.waiting_for_locks && ++waits == 1) other.session->rollback();
  };
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(waits == 1);
  BOOST_TEST(tasks() + logs() == 0);
}

BOOST_AUTO_TEST_CASE(a_sink_gets_every_row_once_and_before_it_is_gone) {
  insert_many(5000, "many", 2);
  Books books;
  queue::DeletionPlan given = orders();
  given.sink = &books;
  const session::Opened other = peer.open();
  const std::int64_t all = 5000 + log_rows(10'000);
  std::int64_t given_away = 0;
  books.on_seal = [&](const std::set<std::string>& rows) {
    const session::Transaction transaction(*other.session, kReading);
    const std::string with_logs = has_logs() ? " + (SELECT count(*) FROM authentik_tasks_tasklog)" : "";
    const auto left = other.session->rows({"SELECT (SELECT count(*) FROM authentik_tasks_task)" + with_logs});
    BOOST_TEST(session::integer(left.at(0).at(0)) ==
               all - given_away);  // nothing of this batch is gone for anybody else
    given_away += static_cast<std::int64_t>(rows.size());
  };
  const queue::DeletionResult result = run(given);
  check_complete(result, 5000);
  BOOST_TEST(static_cast<std::int64_t>(books.gone.size()) == all);
  BOOST_TEST(books.twice.empty());
  BOOST_TEST(books.back.empty());
  BOOST_TEST(!books.unsealed);
  BOOST_TEST(books.seals > 1);
  BOOST_TEST(books.seals <= result.batches);  // a batch that found nothing has nothing to seal
  BOOST_TEST(tasks() + logs() == 0);
}

BOOST_AUTO_TEST_CASE(a_sink_that_fails_keeps_its_batch_in_the_table) {
  insert_many(12'000, "many", 1);
  Books books;
  queue::DeletionPlan given = orders();
  given.sink = &books;
  books.on_seal = [&](const std::set<std::string>& rows) {
    if (!books.gone.empty() && !rows.empty()) throw Error(ErrorCode::system, "the disk is full");
  };
  const queue::DeletionResult result = run(given);
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST(result.failure->what() == std::string("the disk is full"));
  BOOST_TEST(books.seals == 2);
  BOOST_TEST(result.in_doubt == 0);
  BOOST_TEST(static_cast<std::int64_t>(books.gone.size()) == backup::total(result.deleted) + result.other_rows.total());
  BOOST_TEST(!books.back.empty());
  // Every row of the failed batch is still there, and none of the first.
  std::set<std::string> there;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t"}))
    there.insert("authentik_tasks_task " + session::text(row.at(0)));
  for (const session::Value& row :
       has_logs() ? read({"SELECT l.id FROM authentik_tasks_tasklog AS l"}) : std::vector<session::Value>())
    there.insert("authentik_tasks_tasklog " + session::text(row.at(0)));
  BOOST_TEST(static_cast<std::int64_t>(there.size() + books.gone.size()) == 12'000 + log_rows(12'000));
  for (const std::string& key : books.back) BOOST_TEST(there.contains(key), key);
  for (const std::string& key : books.gone) BOOST_TEST(!there.contains(key), key);
}

BOOST_AUTO_TEST_CASE(held_rows_never_reach_the_sink) {
  const std::string held = insert_task({.state = "running"});
  insert_log({.task = held});
  const std::string queued = insert_task();
  worker.hold(held);
  Books books;
  queue::DeletionPlan given = orders();
  given.sink = &books;
  check_complete(run(given), 1);
  BOOST_TEST(books.gone == std::set<std::string>{"authentik_tasks_task " + queued}, boost::test_tools::per_element());
}

/// A trigger on the task table for the time of a case.
class TaskTrigger {
 public:
  TaskTrigger(EmptyQueue& queue, const std::string& when, const std::string& body) : queue_(queue) {
    queue_.write(
        {"CREATE FUNCTION akqueue_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$"});
    queue_.write({"CREATE TRIGGER akqueue_trigger " + when +
                  " ON authentik_tasks_task FOR EACH ROW EXECUTE FUNCTION akqueue_trigger()"});
  }
  ~TaskTrigger() {
    queue_.session->rollback();
    queue_.write({"DROP FUNCTION akqueue_trigger() CASCADE"});
  }
  TaskTrigger(const TaskTrigger&) = delete;
  TaskTrigger& operator=(const TaskTrigger&) = delete;

 private:
  EmptyQueue& queue_;
};

BOOST_AUTO_TEST_CASE(a_trigger_that_keeps_some_of_the_rows_is_noticed) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite's triggers can't keep a row without an error");
    return;
  }
  insert_many(3000, "many", 1);
  const TaskTrigger keeps(*this, "BEFORE DELETE",
                          "IF OLD.message_id::text LIKE '%7' THEN RETURN NULL; END IF; RETURN OLD;");
  const queue::DeletionResult result = run();
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST((result.failure->code() == ErrorCode::unsupported), result.failure->what());
  BOOST_TEST(tasks() == 3000);
  BOOST_TEST(logs() == log_rows(3000));
}

BOOST_AUTO_TEST_CASE(a_trigger_that_puts_rows_back_is_not_served_for_ever) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("the replica's triggers are authentik's");
    return;
  }
  insert_many(3000, "many");
  const TaskTrigger puts_back(*this, "AFTER DELETE", "INSERT INTO authentik_tasks_task SELECT OLD.*; RETURN OLD;");
  const queue::DeletionResult result = run();
  BOOST_TEST(backup::total(result.deleted) == 3000);
  BOOST_TEST(result.arrived == 3000);
  BOOST_TEST(tasks() == 3000);
}

/// By what the preview saw, not by comparing clocks.
BOOST_AUTO_TEST_CASE(tasks_whose_times_lie_ahead_are_deleted_as_well) {
  const std::string ahead = insert_task({.actor = "ahead", .age_s = -300});
  const std::string other = insert_task({.actor = "other", .age_s = -86'400});
  insert_task({.actor = "now", .age_s = 0});
  const queue::DeletionResult by_id = run({.ids = {ahead}});
  check_complete(by_id, 1);
  BOOST_TEST(by_id.arrived == 0);
  const queue::DeletionPlan given = orders();
  insert_task({.actor = "late", .age_s = 10});  // after the preview, with a clock that is behind
  write({"UPDATE authentik_tasks_task SET state = state WHERE message_id = $1", {other}});
  const queue::DeletionResult rest = run(given);
  check_complete(rest, 1);
  BOOST_TEST(rest.arrived == 2);
  BOOST_TEST(tasks() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
