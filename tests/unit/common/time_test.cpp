#include <boost/test/unit_test.hpp>

#include "akqueue/time.hpp"

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

BOOST_AUTO_TEST_SUITE_END()
