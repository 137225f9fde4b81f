#include <boost/test/unit_test.hpp>

#include "akqueue/time.hpp"
#include "fakes.hpp"

using namespace akqueue;

BOOST_AUTO_TEST_SUITE(times)

BOOST_AUTO_TEST_CASE(timestamps_have_one_form) {
  BOOST_TEST(format_timestamp(0) == "1970-01-01T00:00:00.000000Z");
  BOOST_TEST(format_timestamp(-1) == "1969-12-31T23:59:59.999999Z");
  BOOST_TEST(format_timestamp(1777638896123456) == "2026-05-01T12:34:56.123456Z");
}

BOOST_AUTO_TEST_CASE(timestamps_are_read_as_postgresql_and_kubernetes_print_them) {
  const Timestamp at = 1777638896123456;
  BOOST_TEST(parse_timestamp("2026-05-01T12:34:56.123456Z").value() == at);
  BOOST_TEST(parse_timestamp("2026-05-01 12:34:56.123456+00").value() == at);
  BOOST_TEST(parse_timestamp("2026-05-01T14:34:56.123456+02:00").value() == at);
  BOOST_TEST(parse_timestamp("2026-05-01T09:04:56.123456-0330").value() == at);
  BOOST_TEST(parse_timestamp("2026-05-01T12:34:56Z").value() == at - 123456);
  BOOST_TEST(parse_timestamp("2026-05-01T12:34:56.5Z").value() == at - 123456 + 500000);
  BOOST_TEST(parse_timestamp("2026-05-01T12:34:56.123456789Z").value() == at);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_nothing) {
  for (const char* text :
       {"", "infinity", "2026-05-01", "2026-02-30T00:00:00Z", "2026-05-01T24:00:00Z", "2026-05-01T12:34:56.Z",
        "2026-05-01T12:34:56Zx", "-026-05-01T12:34:56Z", "2026-05-01T12:34:56+2"}) {
    BOOST_TEST(!parse_timestamp(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(durations) {
  BOOST_TEST(parse_duration("90s") == 90);
  BOOST_TEST(parse_duration("10m") == 600);
  BOOST_TEST(parse_duration("6h") == 21600);
  BOOST_TEST(parse_duration("30d") == 2592000);
  BOOST_TEST(parse_duration("1h30m") == 5400);
}

BOOST_AUTO_TEST_CASE(no_durations) {
  for (const char* text :
       {"", "90", "s", "0s", "-5m", "5x", "1.5h", "5 m", "99999999999999999999d", "4000000000d", "5m3"}) {
    BOOST_TEST((testing::error_of([&] { parse_duration(text); }) == ErrorCode::usage), text);
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
