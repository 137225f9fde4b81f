// The names that a site's tables hold, and its schedules.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/schedules.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

using Words = std::vector<std::string>;

struct Naming : EmptyQueue {
  Words actors() {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_actors(open);
  }
  std::string check(const Words& states, const Words& queues) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return failure_of([&] { queue::check_states_and_queues(open, states, queues); });
  }
  Words notes(const Words& queues) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::check_states_and_queues(open, {}, queues);
  }
  std::vector<queue::Schedule> schedules() {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_schedules(open);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(names, Naming)

BOOST_AUTO_TEST_CASE(of_an_empty_site_the_usual_ones) {
  BOOST_TEST(actors() == Words(), boost::test_tools::per_element());
  BOOST_TEST(check({"rejected", "running"}, {"default"}).empty());
  BOOST_TEST(notes({"other"}) == Words{"no task is in a queue 'other': the only one is default"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_tasks_and_schedules_each_once_and_sorted) {
  insert_task({.queue = "default.DQ", .actor = "z.last"});
  insert_task({.actor = "a.first", .state = "waiting_for_dependencies"});
  insert_task({.actor = "a.first"});
  insert_task({.actor = "ä odd \"one\""});
  insert_schedule("m.scheduled", "0 * * * *", now());
  insert_schedule("a.first", "0 * * * *", now());
  BOOST_TEST(actors() == (Words{"a.first", "m.scheduled", "z.last", "ä odd \"one\""}),
             boost::test_tools::per_element());
  BOOST_TEST(check({"waiting_for_dependencies", "done"}, {"default", "default.DQ"}).empty());
  BOOST_TEST(check({"done", "regected"}, {}) == "usage");
  BOOST_TEST(notes({"default", "default.XQ"}) == Words{"no task is in a queue 'default.XQ': did you mean default.DQ?"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(schedules_come_next_first) {
  insert_schedule("later", "0 0 * * *", now() + 7200 * kSecond);
  insert_schedule("soon", "*/5 * * * *", now() + 60 * kSecond);
  insert_schedule("paused", "1 2 3 * *", now() + 600 * kSecond, true);
  const auto found = schedules();
  BOOST_REQUIRE_EQUAL(found.size(), 3U);
  BOOST_TEST(found[0].actor == "soon");
  BOOST_TEST(found[0].crontab == "*/5 * * * *");
  BOOST_TEST(!found[0].paused);
  BOOST_TEST(found[0].next_run.value() == now() + 60 * kSecond);
  BOOST_TEST(found[1].actor == "paused");
  BOOST_TEST(found[1].paused);
  BOOST_TEST(found[2].actor == "later");
}

BOOST_AUTO_TEST_CASE(without_schedules_there_are_none) { BOOST_TEST(schedules().empty()); }

BOOST_AUTO_TEST_CASE(a_schedule_is_one_for_actor_and_identifier) {
  insert_schedule("one", "0 0 * * *", now());
  BOOST_TEST(failure_of([&] { insert_schedule("one", "0 1 * * *", now()); }) == "sql 23505");
}

BOOST_AUTO_TEST_SUITE_END()
