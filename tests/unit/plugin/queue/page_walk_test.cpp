#include "queue/change/page_walk.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

using namespace akqueue::queue;

BOOST_AUTO_TEST_SUITE(page_walk)

BOOST_AUTO_TEST_CASE(each_page_is_handed_out_once) {
  PageWalk pages(100, 2);
  const PageRange first = pages.take(30);
  BOOST_TEST(first.from == 0);
  BOOST_TEST(first.to == 30);
  BOOST_TEST(pages.take(50).from == 30);
  const PageRange last = pages.take(50);
  BOOST_TEST(last.from == 80);
  BOOST_TEST(last.to == 100);
  BOOST_TEST(pages.take(50).empty());
  BOOST_TEST(pages.take(1).empty());
}

BOOST_AUTO_TEST_CASE(what_is_given_back_is_handed_out_again_before_the_rest_and_at_the_end) {
  PageWalk pages(100, 1);
  pages.give_back(pages.take(60));
  const PageRange again = pages.take(1);
  BOOST_TEST(again.from == 0);
  BOOST_TEST(again.to == 60);
  BOOST_TEST(pages.take(60).to == 100);
  BOOST_TEST(pages.take(60).empty());
  pages.give_back({90, 100});
  pages.give_back({});
  BOOST_TEST(pages.wait(5).from == 90);
  BOOST_TEST(pages.wait(5).empty());
}

BOOST_AUTO_TEST_CASE(an_empty_table_has_nothing_to_walk) {
  PageWalk pages(0, 1);
  BOOST_TEST(pages.take(100).empty());
  BOOST_TEST(pages.wait(100).empty());
}

BOOST_AUTO_TEST_CASE(who_has_nothing_left_waits_for_what_others_give_back) {
  PageWalk pages(100, 2);
  const PageRange all = pages.take(100);
  PageRange other;
  PageRange end{0, 1};
  std::thread beside([&] {
    other = pages.wait(100);
    end = pages.wait(100);
  });
  pages.give_back({50, all.to});
  pages.leave();
  beside.join();
  BOOST_TEST(other.from == 50);
  BOOST_TEST(end.empty());
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_one_that_has_left) {
  PageWalk pages(100, 2);
  pages.take(100);
  PageRange end{0, 1};
  std::thread beside([&] { end = pages.wait(100); });
  pages.leave();
  beside.join();
  BOOST_TEST(end.empty());
}

BOOST_AUTO_TEST_SUITE_END()
