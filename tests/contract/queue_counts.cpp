// Counting and estimating, what came and what was finished, log levels, the catalog against known releases.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/measure/status.hpp"
#include "queue/schema.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Counting : EmptyQueue {
  queue::QueueStatus status(const queue::CountLimits& limits = {}) {
    const session::Database open = database();
    queue::QueueStatus seen;
    {
      const session::Transaction transaction(*session, kReading);
      seen = queue::read_status(open, transaction.now(), limits);
    }
    queue::add_log_levels(open, seen, limits);
    return seen;
  }
  const queue::QueueCount& of(const queue::QueueStatus& status, const std::string& queue, const std::string& state) {
    for (const queue::QueueState& one : status.states) {
      if (one.count.queue == queue && one.count.state == state) return one.count;
    }
    throw std::runtime_error("no " + state + " in " + queue);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(counts, Counting)

BOOST_AUTO_TEST_CASE(estimates_say_so_and_small_groups_are_exact) {
  insert_many(9000, "a");
  insert_many(1000, "b", 0, "0bbbbbbb");
  write({"UPDATE authentik_tasks_task SET state = 'rejected' WHERE actor_name = 'b'"});
  for (int i = 0; i < 3; ++i) insert_task({.queue = "other", .state = "running"});
  const queue::QueueStatus exact = status();
  BOOST_TEST(!exact.estimated());
  BOOST_TEST(of(exact, "default", "queued").tasks == 9000);
  analyze();
  const queue::QueueStatus rough = status({.exact_rows = 5000, .counted_up_to = 2000, .sampled_rows = 5000});
  const queue::QueueCount& queued = of(rough, "default", "queued");
  BOOST_TEST(of(rough, "default", "rejected").tasks == 1000);
  BOOST_TEST(!of(rough, "default", "rejected").estimated);
  BOOST_TEST(of(rough, "other", "running").tasks == 3);
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("the replica always counts");
    BOOST_TEST(!queued.estimated);
    BOOST_TEST(queued.tasks == 9000);
    return;
  }
  BOOST_TEST(queued.estimated);
  BOOST_TEST(queued.tasks > 6000);
  BOOST_TEST(queued.tasks < 12000);
}

BOOST_AUTO_TEST_CASE(rounding_claims_no_more_than_three_digits) {
  BOOST_TEST(queue::round_to_three_digits(0) == 0);
  BOOST_TEST(queue::round_to_three_digits(999) == 999);
  BOOST_TEST(queue::round_to_three_digits(6'543'210) == 6'540'000);
}

BOOST_AUTO_TEST_CASE(the_last_minutes) {
  insert_task({.actor = "a", .age_s = 10});
  insert_task({.actor = "a", .age_s = 20});
  insert_task({.actor = "a", .age_s = 1000});
  insert_task({.actor = "b", .state = "done", .age_s = 10});
  insert_task({.actor = "b", .state = "rejected", .age_s = 10});
  insert_task({.actor = "b", .age_s = 10});
  insert_task({.actor = "c", .state = "done", .age_s = 1000});
  const queue::Flow flow = status().flow;
  BOOST_TEST(flow.came() == 3);
  BOOST_TEST(flow.done() == 1);
  BOOST_TEST(flow.rejected() == 1);
  BOOST_TEST(flow.actors.size() == 2u);
  BOOST_TEST(flow.actors.front().actor == "a");
  BOOST_TEST(flow.actors.front().growth() == 2);
  BOOST_TEST(flow.actors.back().growth() == -1);
}

BOOST_AUTO_TEST_CASE(finished_tasks_by_their_worst_level) {
  if (database().referencing("authentik_tasks_tasklog") == nullptr) {
    BOOST_TEST_MESSAGE("this release keeps the log in the task's row");
    insert_task({.state = "done", .messages = R"([{"log_level": "info"}, {"log_level": "error"}])"});
  } else {
    const std::string id = insert_task({.state = "done"});
    insert_log({.task = id, .level = "info"});
    insert_log({.task = id, .level = "error"});
    const std::string queued = insert_task({.state = "queued"});
    insert_log({.task = queued, .level = "critical"});
  }
  insert_task({.state = "rejected"});
  const queue::LogLevels levels = status().log_levels;
  BOOST_TEST(!levels.estimated);
  BOOST_TEST(levels.levels.size() == 2u);
  BOOST_TEST(levels.levels.front().level == "error");
  BOOST_TEST(levels.levels.front().tasks == 1);
  BOOST_TEST(levels.levels.back().level.empty());
}

/// Every tenth has failed, one after the other as they would have: the estimate's own margin holds what is so.
BOOST_AUTO_TEST_CASE(many_finished_tasks_are_sampled, *boost::unit_test::label("once")) {
  insert_many(5000, "a", 1);
  write({"UPDATE authentik_tasks_task SET state = 'done'"});
  write(
      {"UPDATE authentik_tasks_tasklog SET log_level = 'error' WHERE task_id IN (SELECT message_id FROM "
       "authentik_tasks_task ORDER BY message_id LIMIT 500)"});
  const queue::LogLevels all = status().log_levels;
  BOOST_TEST(!all.estimated);
  BOOST_TEST(all.margin == 0);
  BOOST_TEST(all.levels.front().tasks == 500);
  analyze();
  const queue::LogLevels some = status({.levels_up_to = 2000, .sampled_levels = 2000}).log_levels;
  BOOST_TEST(some.estimated);
  BOOST_TEST(some.levels.front().level == "error");
  BOOST_TEST(some.sampled < 4000);
  BOOST_TEST(some.margin > 0);
  BOOST_TEST(some.margin < 1500);
  BOOST_TEST(std::abs(some.levels.front().tasks - 500) < 2 * some.margin);
}

BOOST_AUTO_TEST_CASE(log_levels_that_take_too_long_are_left_out, *boost::unit_test::label("once")) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("the replica's statements of this size end before any limit");
    return;
  }
  insert_many(5000, "a", 1);
  write({"UPDATE authentik_tasks_task SET state = 'done'"});
  const session::Database open = database();
  queue::QueueStatus seen = status();
  seen.log_levels = {};
  queue::add_log_levels(open, seen, {}, 1);
  BOOST_TEST(!seen.log_levels_in_time);
  BOOST_TEST(seen.log_levels.levels.empty());
  BOOST_TEST(status().finished() == 5000);  // the session goes on
}

BOOST_AUTO_TEST_CASE(the_tables_are_those_of_a_known_release) {
  const queue::SchemaReport report = queue::read_schema(database());
  for (const queue::SchemaDifference& one : report.differences) BOOST_TEST(false, one.table + ": " + one.what);
  BOOST_TEST(report.tables.front().name == "authentik_tasks_task");
}

BOOST_AUTO_TEST_CASE(a_table_that_nobody_has_heard_of_is_named) {
  ExtraTable extra(*this, "authentik_tasks_extra",
                   "id integer PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id)");
  const queue::SchemaReport report = queue::read_schema(database());
  BOOST_TEST(report.differences.size() == 1u);
  BOOST_TEST(report.differences.front().table == "authentik_tasks_extra");
  BOOST_TEST(report.differences.front().what == "the table is unknown");
}

BOOST_AUTO_TEST_SUITE_END()
