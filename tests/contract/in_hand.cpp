// Whose a taken task is: held, just ending, or orphaned; the same for what counts, shows and deletes it.
#include <boost/test/unit_test.hpp>

#include "deletions.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/measure/sample.hpp"
#include "queue/measure/status.hpp"
#include "queue/task/task.hpp"
#include "queue/task/task_list.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Taken : Deletions {
  /// The time of the database, not of the fixture: a slow machine may be seconds late.
  std::string taken(const std::string& state, std::int64_t age_s, bool hold = false) {
    Timestamp current = 0;
    {
      const session::Transaction transaction(*session, {.read_only = true});
      current = transaction.now();
    }
    const std::string id = insert_task({.state = state, .age_s = age_s - (current - now()) / kSecond});
    if (hold) worker.hold(id);
    return id;
  }
  queue::QueueStatus status() {
    const session::Transaction transaction(*session, kReading);
    return queue::read_status(database(), transaction.now());
  }
  queue::Sample sample() { return queue::Sampler(database(), {}, false).take(std::nullopt); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(in_hand, Taken)

/// On a busy site a worker has let go of a task that it is about to finish, at any moment.
BOOST_AUTO_TEST_CASE(what_is_just_ending_is_no_orphan_and_stays) {
  insert_worker("authentik-worker-0", 5);
  const std::string ending = taken("postprocess", 5);
  const std::string held = taken("postprocess", 5, true);
  taken("running", 5, true);
  const queue::QueueStatus seen = status();
  BOOST_TEST(seen.held == 2);
  BOOST_TEST(seen.ending == 1);
  BOOST_TEST(seen.orphaned == 0);
  BOOST_TEST(seen.taken() == 3);
  const queue::Sample sampled = sample();
  BOOST_TEST(sampled.taken == 3);
  BOOST_TEST(sampled.held.value() == 2);
  BOOST_TEST(sampled.ending.value() == 1);
  BOOST_TEST(sampled.orphaned.value() == 0);
  {
    const session::Transaction transaction(*session, kReading);
    BOOST_TEST(queue::read_task(database(), Uuid::parse(ending).value()).ending);
    BOOST_TEST(!queue::read_task(database(), Uuid::parse(ending).value()).held);
    BOOST_TEST(!queue::read_task(database(), Uuid::parse(held).value()).ending);
  }
  const queue::DeletionResult result = run();
  check_complete(result, 0);
  BOOST_TEST(result.held == 3);
  BOOST_TEST(result.locked == 0);
  queue::DeletionPlan given = orders();
  given.include_held = true;
  check_complete(run(given), 3);
}

BOOST_AUTO_TEST_CASE(what_has_been_ending_for_more_than_a_minute_is_an_orphan) {
  insert_worker("authentik-worker-0", 5);
  taken("postprocess", 90);
  taken("postprocess", 40);
  taken("running", 1);
  taken("consumed", 1);
  taken("preprocess", 7200);
  const queue::QueueStatus seen = status();
  BOOST_TEST(seen.orphaned == 4);
  BOOST_TEST(seen.ending == 1);
  BOOST_TEST(sample().orphaned.value() == 4);
  const queue::DeletionResult result = run();
  check_complete(result, 4);
  BOOST_TEST(result.held == 1);
}

/// Each of a row's three answers is the only one.
BOOST_AUTO_TEST_CASE(a_taken_task_is_one_of_the_three) {
  for (const std::string state : {"consumed", "preprocess", "running", "postprocess"}) {
    for (const std::int64_t age : {1, 3600}) {
      taken(state, age);
      taken(state, age, true);
    }
  }
  insert_task();
  insert_task({.state = "done"});
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  session::Statement statement;
  const std::string held = queue::is_held(statement, open, "t");
  const std::string ending = queue::is_ending(statement, open, "t");
  const std::string orphaned = queue::is_orphaned(statement, open, "t");
  const std::string hand = queue::is_in_hand(statement, open, "t");
  statement.sql = "SELECT count(*) FILTER (WHERE " + held + "), count(*) FILTER (WHERE " + ending +
                  "), count(*) FILTER (WHERE " + orphaned + "), count(*) FILTER (WHERE " + hand +
                  ") FROM authentik_tasks_task AS t";
  BOOST_TEST(session->rows(statement).at(0) == session::Value::array({8, 1, 7, 9}));
}

/// Who holds a task is read with the list; whose it is follows.
BOOST_AUTO_TEST_CASE(a_list_says_whose_each_task_is) {
  insert_worker("authentik-worker-0", 5);
  const std::string held = taken("running", 4, true);
  const std::string ending = taken("postprocess", 3);
  const std::string orphaned = taken("consumed", 2);
  const std::string queued = insert_task({.age_s = 1});
  const auto list = [&](bool workers_gone, std::int64_t limit) {
    session::Database open = database();
    open.workers_gone = workers_gone;
    const session::Transaction transaction(*session, kReading);
    std::map<std::string, queue::Whose> whose;
    queue::list_tasks(open, {.as_of = transaction.now()}, limit, queue::Holders::read,
                      [&](const queue::TaskLine& line) {
                        whose[line.id] = line.whose;
                        if (line.id != held) BOOST_TEST(line.holder.empty());
                      });
    return whose;
  };
  using Expected = std::map<std::string, queue::Whose>;
  using queue::Whose;
  const Expected alive{
      {held, Whose::held}, {ending, Whose::ending}, {orphaned, Whose::orphaned}, {queued, Whose::nobody}};
  BOOST_TEST((list(false, 0) == alive));
  BOOST_TEST((list(false, 10) == alive));
  const Expected gone{
      {held, Whose::stranded}, {ending, Whose::orphaned}, {orphaned, Whose::orphaned}, {queued, Whose::nobody}};
  BOOST_TEST((list(true, 0) == gone));
}

BOOST_AUTO_TEST_CASE(held_orphaned_and_a_holder_choose) {
  const std::string held = taken("running", 30, true);
  const std::string orphaned = taken("consumed", 20);
  taken("postprocess", 3);
  worker.hold(insert_task());  // 2026.8 locks one for an instant while it looks for work
  const auto chosen = [&](const queue::TaskFilter& filter) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    const queue::Selection selection = queue::selection_now(open, filter, transaction.now());
    std::string ids;
    queue::list_tasks(open, selection, 5, queue::Holders::read, [&](const queue::TaskLine& line) {
      ids += line.id + " " + (line.id == held ? line.holder : "");
    });
    return ids;
  };
  const std::string of_held = chosen({.held = true});
  BOOST_TEST(of_held.substr(0, held.size() + 1) == held + " ");
  BOOST_TEST(chosen({.orphaned = true}) == orphaned + " ");
  const std::string holder = of_held.substr(held.size() + 1);
  BOOST_TEST(chosen({.holders = {{"it", {holder, "another"}}}}) == of_held);
  BOOST_TEST(chosen({.holders = {{"other", {"another"}}}}).empty());
}

/// Locks are in no snapshot: what loses its worker after the preview was not shown as orphaned, and stays.
BOOST_AUTO_TEST_CASE(a_deletion_of_orphans_takes_those_that_its_preview_saw) {
  const std::string orphaned = taken("running", 20);
  const std::string held = taken("running", 30, true);
  queue::DeletionPlan given = orders();
  given.selection = [&] {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::pin(open, {.orphaned = true}, transaction.now());
  }();
  given.expected = 1;
  worker.die();
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(count("authentik_tasks_task", "message_id = '" + held + "'") == 1);
  BOOST_TEST(count("authentik_tasks_task", "message_id = '" + orphaned + "'") == 0);
}

/// A worker that ends after the preview of a drain puts back to wait what it has not begun, and finishes what it can:
/// the first was shown and goes, and so does what the filter still means; what came since stays.
BOOST_AUTO_TEST_CASE(a_drain_takes_what_ending_workers_put_back) {
  const std::string put_back = taken("consumed", 20, true);
  const std::string finished = taken("running", 20, true);
  const std::string waited = insert_task();
  const auto previewed = [&](const queue::TaskFilter& filter, std::int64_t expected) {
    queue::DeletionPlan given;
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    given.selection = queue::pin(open, filter, transaction.now());
    queue::hand_over(open, given.selection);
    given.expected = expected;
    return given;
  };
  const queue::DeletionPlan some = previewed({.states = {"consumed", "running"}}, 2);
  const queue::DeletionPlan all = previewed({}, 3);
  worker.die();
  write({"UPDATE authentik_tasks_task SET state = 'queued' WHERE message_id = $1", {put_back}});
  write({"UPDATE authentik_tasks_task SET state = 'done' WHERE message_id = $1", {finished}});
  const std::string came = insert_task();
  const queue::DeletionResult first = run(some);
  check_complete(first, 1);
  BOOST_TEST(tasks("message_id = '" + put_back + "'") == 0);
  const queue::DeletionResult second = run(all);
  BOOST_TEST(backup::total(second.deleted) == 2);
  BOOST_TEST(second.arrived == 1);
  BOOST_TEST(tasks() == 1);
  BOOST_TEST(tasks("message_id = '" + came + "'") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
