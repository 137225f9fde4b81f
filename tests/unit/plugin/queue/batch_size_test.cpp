#include "queue/change/batch_size.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;
using namespace akqueue::queue;
using namespace std::chrono_literals;

namespace {

/// A batch that took so long: the database, the line, the disk.
BatchResult batch(std::chrono::milliseconds work, std::chrono::milliseconds line = 0ms,
                  std::chrono::milliseconds disk = 0ms, std::int64_t bytes = 0) {
  BatchResult result;
  result.took = work + line + disk;
  result.line = line;
  result.disk = disk;
  result.bytes = bytes;
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_size)

BOOST_AUTO_TEST_CASE(as_large_as_the_time_allows) {
  BOOST_TEST(next_size(1000, batch(kBatchTime), false) == 1000);
  BOOST_TEST(next_size(1000, batch(kBatchTime * 2), false) == 500);
  BOOST_TEST(next_size(1000, batch(kBatchTime * 4 / 5), false) == 1250);
}

BOOST_AUTO_TEST_CASE(it_grows_and_shrinks_in_bounds) {
  BOOST_TEST(next_size(1000, batch(1ms), false) == 2000);
  BOOST_TEST(next_size(1000, batch(60s), false) == 250);
  BOOST_TEST(next_size(1, batch(60s), false) == 1);
  BOOST_TEST(next_size(1 << 20, batch(0ms), false) == 1 << 20);
}

BOOST_AUTO_TEST_CASE(the_line_is_not_charged_to_the_rows) {
  BOOST_TEST(next_size(1000, batch(kBatchTime, 60ms), false) == 1000);
  BOOST_TEST(next_size(1000, batch(kBatchTime, 5s), false, kBatchTime) == 1000);
}

BOOST_AUTO_TEST_CASE(a_long_line_makes_it_larger_in_bounds) {
  for (const bool kept : {false, true}) {
    BOOST_TEST(next_size(1000, batch(200ms, 70ms), kept) == 1050);
    BOOST_TEST(next_size(1000, batch(200ms, 5s), kept) == 1250);
  }
  BOOST_TEST(next_size(1000, batch(200ms, 70ms, 300ms), true) == 1500);  // the sync is slower still
}

BOOST_AUTO_TEST_CASE(a_slow_sync_makes_it_larger_and_never_smaller) {
  const std::int64_t quick = next_size(1000, batch(200ms, 0ms, 1ms), true);
  BOOST_TEST(quick == 900);
  BOOST_TEST(next_size(1000, batch(200ms, 0ms, 300ms), true) == 1500);
  BOOST_TEST(next_size(1000, batch(200ms, 0ms, 60s), true) == 2000);
  BOOST_TEST(next_size(1000, batch(400ms, 0ms, 60s), true) ==
             1000);  // but not more than so much of the database's time
}

BOOST_AUTO_TEST_CASE(bytes_bound_it_however_quick_it_is) {
  BOOST_TEST(next_size(1000, batch(1ms, 0ms, 0ms, kBatchBytes), true) == 1000);
  BOOST_TEST(next_size(1000, batch(1ms, 0ms, 60s, 2 * kBatchBytes), true) == 500);
}

BOOST_AUTO_TEST_SUITE_END()
