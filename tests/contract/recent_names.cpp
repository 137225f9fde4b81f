// Names for a shell that can't wait, out of a bounded number of rows.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/measure/recent_names.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct RecentNames : EmptyQueue {
  template <class Read>
  auto in_transaction(const Read& read) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return read(open);
  }
  std::vector<queue::ActorSeen> actors(queue::RecentNamesLimits limits = {}) {
    return in_transaction([&](const session::Database& open) { return queue::recent_actors(open, limits); });
  }
  std::vector<std::string> ids(const std::vector<queue::TaskSeen>& tasks) {
    std::vector<std::string> found;
    for (const queue::TaskSeen& task : tasks) found.push_back(task.id);
    return found;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recent_names, RecentNames)

BOOST_AUTO_TEST_CASE(of_a_small_table_everything_and_what_schedules_make) {
  BOOST_TEST(actors().empty());
  insert_task({.actor = "b"});
  insert_task({.actor = "a", .state = "done"});
  insert_task({.actor = "a"});
  insert_schedule("c", "0 * * * *", now());
  insert_schedule("a", "0 * * * *", now());
  const auto seen = actors();
  BOOST_TEST_REQUIRE(seen.size() == 3);
  BOOST_TEST((seen[0].actor == "a" && seen[0].tasks == 2 && !seen[0].estimated));
  BOOST_TEST((seen[1].actor == "b" && seen[1].tasks == 1));
  BOOST_TEST((seen[2].actor == "c" && seen[2].tasks == 0));
}

BOOST_AUTO_TEST_CASE(of_a_large_table_a_part_that_says_so) {
  insert_many(20'000, "many");
  analyze();
  const auto seen = actors({.rows = 2'000});
  BOOST_TEST_REQUIRE(seen.size() == 1);
  BOOST_TEST(seen[0].estimated);
  BOOST_TEST(seen[0].tasks >= 4'000);
  BOOST_TEST(seen[0].tasks <= 40'000);
}

BOOST_AUTO_TEST_CASE(the_last_tasks_of_each_state) {
  const std::string old = insert_task({.age_s = 300});
  const std::string newer = insert_task({.age_s = 200});
  const std::string newest = insert_task({.age_s = 100});
  const std::string done = insert_task({.state = "done", .age_s = 150});
  const auto seen =
      in_transaction([](const session::Database& open) { return queue::recent_tasks(open, {.tasks = 2}); });
  BOOST_TEST(ids(seen) == (std::vector{newest, done, newer}), boost::test_tools::per_element());
  BOOST_TEST(seen[1].state == "done");
}

BOOST_AUTO_TEST_CASE(tasks_by_the_beginning_of_their_id) {
  insert_many(5, "many", 0, "0aaaaaaa");
  const std::string other = insert_task({.id = "bbbbbbbb-0000-4000-8000-000000000001", .actor = "other"});
  const auto beginning = [&](const std::string& text, std::int64_t most = 50) {
    return in_transaction(
        [&](const session::Database& open) { return queue::recent_tasks_beginning(open, text, {.beginning = most}); });
  };
  BOOST_TEST(ids(beginning("bbbb")) == std::vector{other}, boost::test_tools::per_element());
  BOOST_TEST(beginning("bbbb")[0].actor == "other");
  BOOST_TEST(beginning("0aaaaaaa").size() == 5);
  BOOST_TEST(beginning("0aaaaaaa", 3).size() == 3);
  BOOST_TEST(beginning("cccc").empty());
  BOOST_TEST(beginning("no id").empty());
}

BOOST_AUTO_TEST_SUITE_END()
