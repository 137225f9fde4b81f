#include <boost/test/unit_test.hpp>

#include "akqueue/duration.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(numbers_with_units) {
  BOOST_TEST(parse_duration("90s") == 90);
  BOOST_TEST(parse_duration("10m") == 600);
  BOOST_TEST(parse_duration("6h") == 21600);
  BOOST_TEST(parse_duration("30d") == 2592000);
  BOOST_TEST(parse_duration("2w") == 1209600);
  BOOST_TEST(parse_duration("1h30m") == 5400);
  BOOST_TEST((parse_span("1s250ms") == 1250ms));
}

BOOST_AUTO_TEST_CASE(as_authentik_writes_them) {
  BOOST_TEST(parse_duration("days=30") == 30 * 86400);
  BOOST_TEST(parse_timedelta("days=30").value() == 30 * 86400);
  BOOST_TEST(parse_timedelta("hours=1;minutes=30;seconds=5").value() == 5405);
  BOOST_TEST(parse_timedelta("weeks=1").value() == 604800);
  for (const char* text : {"", "30", "days", "days=", "days=-1", "days=x", "years=1", "days=1,hours=2", "30d"})
    BOOST_TEST(!parse_timedelta(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(less_than_a_second_is_one) {
  BOOST_TEST(parse_duration("100ms") == 1);
  BOOST_TEST(parse_duration("1s1ms") == 2);
}

BOOST_AUTO_TEST_CASE(zero_only_where_it_has_a_meaning) {
  for (const char* text : {"0", "0s", "0d0h", "days=0"}) {
    BOOST_TEST(parse_duration_or_zero(text) == 0, text);
    BOOST_TEST((testing::error_of([&] { parse_duration(text); }) == ErrorCode::usage), text);
  }
}

BOOST_AUTO_TEST_CASE(no_durations) {
  for (const char* text : {"", "90", "s", "-5m", "5x", "1.5h", "5 m", "99999999999999999999d", "4000000000d", "5m3",
                           "4000000000w", "37000d", "days=1h", "=", "days=4000000000"}) {
    BOOST_TEST((testing::error_of([&] { parse_span(text); }) == ErrorCode::usage), text);
  }
}

BOOST_AUTO_TEST_CASE(ages_as_kubectl_prints_them) {
  BOOST_TEST(format_age(0) == "0s");
  BOOST_TEST(format_age(-3) == "0s");
  BOOST_TEST(format_age(119) == "119s");
  BOOST_TEST(format_age(200) == "3m20s");
  BOOST_TEST(format_age(600) == "10m");
  BOOST_TEST(format_age(3 * 3600 + 60) == "3h1m");
  BOOST_TEST(format_age(20 * 3600) == "20h");
  BOOST_TEST(format_age(3 * 86400 + 4 * 3600) == "3d4h");
  BOOST_TEST(format_age(40 * 86400) == "40d");
  BOOST_TEST(format_age(760 * 86400) == "2y30d");
}

BOOST_AUTO_TEST_SUITE_END()
