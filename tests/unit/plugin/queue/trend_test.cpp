#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "queue/samples.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using namespace akqueue::testing;

namespace {

constexpr double kClose = 0.001;

bool close_to(double a, double b) { return std::abs(a - b) < kClose; }

}  // namespace

BOOST_AUTO_TEST_SUITE(trend)

BOOST_AUTO_TEST_CASE(the_first_look_knows_its_own_window) {
  const Trend one = trend_of({{.queued = 100, .came = 30, .finished = 10}});
  BOOST_TEST(one.recent().seconds == 10);
  BOOST_TEST(one.recent().came == 3);
  BOOST_TEST(one.recent().finished == 1);
  BOOST_TEST(one.totals().came == 0);
  BOOST_TEST(!one.until_empty().has_value());
}

BOOST_AUTO_TEST_CASE(what_came_and_went_between_two_looks_is_counted_as_both) {
  // Thirty finished though only five fewer wait: twenty-five came, of which five are seen waiting.
  const Trend two = trend_of({{.queued = 100}, {.second = 10, .queued = 95, .done = 30, .came = 5, .finished = 30}});
  BOOST_TEST(two.recent().came == 2.5);
  BOOST_TEST(two.recent().finished == 3);
  BOOST_TEST(two.recent().removed == 0);
  BOOST_TEST(close_to(two.until_empty().value(), 190));
}

BOOST_AUTO_TEST_CASE(a_flush_by_somebody_else_completes_nothing) {
  const Trend two =
      trend_of({{.queued = 200'000}, {.second = 10, .queued = 60, .done = 50, .came = 60, .finished = 50}});
  BOOST_TEST(two.recent().finished == 5);
  BOOST_TEST(two.recent().came == 6);
  BOOST_TEST(two.totals().removed == 199'950);
  BOOST_TEST(!two.until_empty().has_value());  // the flush does not count as progress
}

BOOST_AUTO_TEST_CASE(a_clock_that_lags_hides_no_completion) {
  const Trend two = trend_of({{.queued = 100, .done = 10}, {.second = 10, .queued = 80, .done = 30}});
  BOOST_TEST(two.recent().finished == 2);
  BOOST_TEST(two.totals().removed == 0);
}

BOOST_AUTO_TEST_CASE(a_purge_of_finished_tasks_is_nothing_to_the_queue) {
  const Trend two = trend_of({{.queued = 100, .done = 5000}, {.second = 10, .queued = 90, .done = 10, .finished = 10}});
  BOOST_TEST(two.recent().finished == 1);
  BOOST_TEST(two.recent().came == 0);
  BOOST_TEST(two.totals().removed == 0);
}

BOOST_AUTO_TEST_CASE(changes_of_estimates_mean_nothing) {
  const Trend two = trend_of({{.queued = 1'000'000, .estimated = true},
                              {.second = 10, .queued = 1'090'000, .came = 20, .finished = 120, .estimated = true}});
  BOOST_TEST(two.recent().came == 2);
  BOOST_TEST(two.recent().finished == 12);
  BOOST_TEST(two.totals().removed == 0);
  BOOST_TEST(close_to(two.actors().front().growth, -10));
  BOOST_TEST(close_to(two.until_empty().value(), 109'000));
}

BOOST_AUTO_TEST_CASE(recent_is_the_last_minute) {
  Trend long_one;
  for (int i = 0; i <= 30; ++i) {
    // Nothing moves for four minutes, then ten tasks leave in every interval.
    const int left = std::max(0, i - 24);
    long_one.add(
        sample_of({.second = i * 10, .queued = 1000 - left * 10, .done = left * 10, .finished = left > 0 ? 10 : 0}));
  }
  BOOST_TEST(long_one.recent().seconds == 60);
  BOOST_TEST(long_one.recent().finished == 1);
  BOOST_TEST(long_one.totals().finished == 60);
  BOOST_TEST(long_one.totals().seconds == 300);
  BOOST_TEST(long_one.queued_at_first() == 1000);
}

BOOST_AUTO_TEST_CASE(looks_that_failed_leave_a_longer_step) {
  const Trend gap = trend_of({{.queued = 100}, {.second = 10, .queued = 100}, {.second = 200, .queued = 195}});
  BOOST_TEST(gap.recent().seconds == 190);
  BOOST_TEST(gap.recent().came == 0.5);
}

BOOST_AUTO_TEST_CASE(actors_that_grow_come_first) {
  Sample before = sample_of({.queued = 100});
  before.actors = {{"a", 60, 0, 0}, {"b", 40, 0, 0}, {"gone", 5, 0, 0}};
  Sample after = sample_of({.second = 10, .queued = 120});
  after.actors = {{"a", 50, 0, 0}, {"b", 70, 30, 0}};
  Trend both;
  both.add(before);
  both.add(after);
  const auto actors = both.actors();
  BOOST_REQUIRE_EQUAL(actors.size(), 3U);
  BOOST_TEST(actors[0].actor == "b");
  BOOST_TEST(actors[0].growth == 3);
  BOOST_TEST(actors[1].actor == "gone");
  BOOST_TEST(actors[1].growth == -0.5);
  BOOST_TEST(actors[2].growth == -1);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_behind_begins_anew) {
  const Trend twice = trend_of({{.second = 100, .queued = 10}, {.second = 50, .queued = 500, .came = 10}});
  BOOST_TEST(twice.totals().came == 0);
  BOOST_TEST(twice.recent().came == 1);
  BOOST_TEST(twice.queued_at_first() == 10);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
  Trend much;
  for (int i = 0; i < 1000; ++i) much.add(sample_of({.second = i, .queued = i}));
  BOOST_TEST(much.queued(5000).size() == Trend::kKept);
  BOOST_TEST(much.queued(3).back() == 999);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_needs_no_time) { BOOST_TEST(trend_of({{.queued = 0}}).until_empty().value() == 0); }

BOOST_AUTO_TEST_SUITE_END()
