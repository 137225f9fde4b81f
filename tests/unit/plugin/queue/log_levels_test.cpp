#include "queue/measure/log_levels.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;
using namespace akqueue::queue;

BOOST_AUTO_TEST_SUITE(log_levels)

BOOST_AUTO_TEST_CASE(pages_that_are_alike_leave_no_doubt) {
  BOOST_TEST(margin_of_share({{3, 30}, {2, 20}, {4, 40}}) < 1e-9);
}

/// As a textbook has it for a hundred draws of which half are: 1.96 × 0.5 / √100, and a little more for n - 1.
BOOST_AUTO_TEST_CASE(pages_of_one_task_are_draws) {
  std::vector<PageShare> pages;
  for (int i = 0; i < 100; ++i) pages.push_back({i % 2, 1});
  BOOST_TEST(margin_of_share(pages) == 0.0985, boost::test_tools::tolerance(0.01));
}

/// What is all on some pages tells less than the same number of tasks everywhere.
BOOST_AUTO_TEST_CASE(what_stands_together_counts_once) {
  std::vector<PageShare> together;
  std::vector<PageShare> apart;
  for (int i = 0; i < 100; ++i) {
    together.push_back({i % 10 == 0 ? 20 : 0, 20});
    apart.push_back({i % 2 == 0 ? 1 : 3, 20});
  }
  BOOST_TEST(margin_of_share(together) > 4 * margin_of_share(apart));
}

BOOST_AUTO_TEST_CASE(one_page_tells_nothing) {
  BOOST_TEST(margin_of_share({}) == 1);
  BOOST_TEST(margin_of_share({{1, 20}}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
