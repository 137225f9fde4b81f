#include <boost/test/unit_test.hpp>

#include "akqueue/tasks.hpp"
#include "commands/shared/other_rows_text.hpp"

using namespace akqueue;
using backup::OtherRows;

BOOST_AUTO_TEST_SUITE(other_rows)

BOOST_AUTO_TEST_CASE(rows_are_told_apart_by_their_table) {
  OtherRows rows;
  rows.add(kTaskLogTable, 3);
  rows.add(kDependencyTable, 2);
  rows.add("authentik_tasks_surprise", 1);
  BOOST_TEST((rows == OtherRows{.logs = 3, .dependencies = 2, .others = 1}));
  rows += rows;
  BOOST_TEST(rows.total() == 12);
  BOOST_TEST((OtherRows::from_json(rows.to_json()) == rows));
  BOOST_TEST((OtherRows::from_json(Json::object()) == OtherRows()));
}

BOOST_AUTO_TEST_CASE(in_words) {
  BOOST_TEST(commands::tasks_and_rows(1, {}) == "1 task and 0 log rows");
  BOOST_TEST(commands::tasks_and_rows(1200, {.logs = 1}) == "1,200 tasks and 1 log row");
  BOOST_TEST(commands::tasks_and_rows(2, {.logs = 4, .dependencies = 1}) == "2 tasks, 4 log rows and 1 dependency");
  BOOST_TEST(commands::tasks_and_rows(2, {.logs = 4, .dependencies = 3, .others = 5}) ==
             "2 tasks, 4 log rows, 3 dependencies and 5 rows of other tables");
}

BOOST_AUTO_TEST_SUITE_END()
