// delete_tasks(): the right rows, all of them, and no others.
#include "deletions.hpp"

#include <algorithm>

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(deletion, Deletions)

BOOST_AUTO_TEST_CASE(nothing_to_delete) {
  insert_task({.state = "done"});
  const queue::DeletionResult result = run({.states = {"queued"}});
  check_complete(result, 0);
  BOOST_TEST(result.remaining == 0);
  BOOST_TEST(tasks() == 1);
}

BOOST_AUTO_TEST_CASE(by_state_with_their_log_rows) {
  const std::string queued = insert_task({.actor = "a"});
  const std::string done = insert_task({.actor = "a", .state = "done"});
  for (int i = 0; i < 3; ++i) insert_log({.task = queued});
  insert_log({.task = done});
  insert_task({.actor = "b"});
  const queue::DeletionResult result = run({.states = {"queued"}});
  check_complete(result, 2);
  BOOST_TEST((result.deleted == backup::Tally{{{"queued", "a"}, 1}, {{"queued", "b"}, 1}}));
  BOOST_TEST(result.other_rows.total() == log_rows(3));
  BOOST_TEST(tasks() == 1);
  BOOST_TEST(logs() == log_rows(1));
}

BOOST_AUTO_TEST_CASE(by_actor_and_queue) {
  insert_task({.actor = "a"});
  insert_task({.queue = "default.DQ", .actor = "a"});
  insert_task({.actor = "b"});
  check_complete(run({.queues = {"default"}, .actors = {"a"}}), 1);
  BOOST_TEST(tasks("actor_name = 'b'") == 1);
  BOOST_TEST(tasks("queue_name = 'default.DQ'") == 1);
}

BOOST_AUTO_TEST_CASE(everything_of_every_state) {
  for (const char* state :
       {"queued", "consumed", "preprocess", "running", "postprocess", "rejected", "done", "future_state"})
    insert_task({.state = state});
  const queue::DeletionResult result = run();
  check_complete(result, 8);
  BOOST_TEST(result.deleted.size() == 8U);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(by_more_ids_than_one_statement_takes) {
  insert_many(12'000, "many", 1);
  Choice choice;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t ORDER BY t.message_id"}))
    choice.ids.push_back(session::text(row.at(0)));
  const std::string spared = choice.ids.back();
  choice.ids.back() = "ffffffff-1111-4111-8111-000000000000";  // no such task
  check_complete(run(choice), 11'999);
  BOOST_TEST(one({"SELECT t.message_id FROM authentik_tasks_task AS t"}) == session::Value(spared));
  BOOST_TEST(logs() == log_rows(1));
}

BOOST_AUTO_TEST_CASE(older_than) {
  insert_task({.age_s = 7200});
  insert_task({.age_s = 1800});
  check_complete(run({.older_than_s = 3600}), 1);
  BOOST_TEST(tasks() == 1);
}

BOOST_AUTO_TEST_CASE(rows_of_a_live_worker_stay_and_are_counted) {
  const std::string held = insert_task({.actor = "a", .state = "running"});
  insert_task({.actor = "a", .state = "running"});  // an orphan
  insert_task({.actor = "a"});
  insert_log({.task = held});
  worker.hold(held);
  const queue::DeletionResult result = run();
  check_complete(result, 2);
  BOOST_TEST(result.held == 1);
  BOOST_TEST(result.locked == 0);
  BOOST_TEST(result.remaining == 1);
  BOOST_TEST(one({"SELECT t.message_id FROM authentik_tasks_task AS t"}) == session::Value(held));
  BOOST_TEST(logs() == log_rows(1));
}

BOOST_AUTO_TEST_CASE(rows_of_a_live_worker_go_when_that_is_asked_for) {
  const std::string held = insert_task({.state = "running"});
  worker.hold(held);
  queue::DeletionPlan given = orders();
  given.include_held = true;
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(result.held == 0);
  BOOST_TEST(tasks() == 0);
}

/// Their pods are at 0: what is locked still is stranded, and goes like an orphan.
BOOST_AUTO_TEST_CASE(locked_rows_go_where_no_worker_is_left) {
  worker.hold(insert_task({.state = "running"}));
  insert_task({.state = "postprocess"});
  session::Database without = database();
  without.workers_gone = true;
  const queue::DeletionResult result = queue::delete_tasks(without, orders());
  check_complete(result, 2);
  BOOST_TEST(result.held == 0);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(what_came_or_changed_after_the_preview_stays) {
  insert_task({.age_s = 60});
  const std::string changed = insert_task({.age_s = 60});
  const queue::DeletionPlan given = orders();
  write({"UPDATE authentik_tasks_task SET mtime = $1 WHERE message_id = $2",
         session::Value::array({format_timestamp(now() + 60 * kSecond), changed})});
  insert_task({.age_s = -60});
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(result.arrived == 2);
  BOOST_TEST(result.remaining == 2);
  BOOST_TEST(result.locked + result.held == 0);
  BOOST_TEST(tasks() == 2);
}

BOOST_AUTO_TEST_CASE(thousands_in_several_short_batches) {
  insert_many(6000, "many", 1);
  insert_many(500, "few", 0, "0bbbbbbb");
  std::vector<queue::Progress> steps;
  queue::DeletionPlan given = orders({.actors = {"many"}});
  BOOST_TEST(given.expected == 6000);
  given.progress = [&](const queue::Progress& progress) { steps.push_back(progress); };
  const queue::DeletionResult result = run(given);
  check_complete(result, 6000);
  BOOST_TEST(result.other_rows.total() == log_rows(6000));
  BOOST_TEST(result.batches > 1);
  BOOST_TEST(result.remaining == 0);
  BOOST_TEST(result.longest.count() > 0);
  BOOST_TEST(result.longest <= result.took);
  BOOST_TEST(tasks() == 500);
  BOOST_TEST(logs() == 0);
  BOOST_REQUIRE(!steps.empty());
  for (std::size_t i = 1; i < steps.size(); ++i) BOOST_TEST(steps[i - 1].deleted <= steps[i].deleted);
  BOOST_TEST(steps.back().deleted == 6000);
  BOOST_TEST(steps.back().expected == 6000);
}

/// A flood is at the end of the table: what the walk learns on the pages before it, where nothing matches and a step
/// takes no time, must not make one long transaction of it.
BOOST_AUTO_TEST_CASE(a_flood_behind_a_long_history_goes_in_short_batches_too, *boost::unit_test::label("once")) {
  insert_many(40'000, "history", 0, "0bbbbbbb");
  insert_many(20'000, "flood");
  std::int64_t before = 0;
  std::int64_t largest = 0;
  queue::DeletionPlan given = orders({.actors = {"flood"}});
  given.progress = [&](const queue::Progress& progress) {
    largest = std::max(largest, progress.deleted - before);
    before = progress.deleted;
  };
  check_complete(run(given), 20'000);
  BOOST_TEST(largest <= 10'000);
  BOOST_TEST(tasks() == 40'000);
}

BOOST_AUTO_TEST_CASE(thousands_with_some_held_among_them) {
  insert_many(3000, "many");
  write({"UPDATE authentik_tasks_task SET state = 'running'"});
  for (const char* number : {"000000000001", "000000001500", "000000003000"})
    worker.hold("0aaaaaaa-0000-4000-8000-" + std::string(number));
  const queue::DeletionResult result = run();
  check_complete(result, 2997);
  BOOST_TEST(result.held == 3);
  BOOST_TEST(result.locked == 0);
  BOOST_TEST(tasks() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
