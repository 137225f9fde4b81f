#include "akqueue/crontab.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace akqueue {
namespace {

std::string next_of(const std::string& line, const std::string& at) {
  const auto crontab = Crontab::parse(line);
  if (!crontab) return "no crontab";
  const auto time = crontab->next(parse_timestamp(at).value());
  return time ? format_timestamp(*time).substr(0, 16) : "never";
}

std::string words_of_crontab(const std::string& line) { return Crontab::parse(line).value().in_words(); }

long per_1000_days(const std::string& line) { return std::lround(Crontab::parse(line).value().per_day() * 1000); }

}  // namespace

BOOST_AUTO_TEST_SUITE(crontab)

BOOST_AUTO_TEST_CASE(the_next_time) {
  BOOST_TEST(next_of("3 * * * *", "2026-05-01T12:03:00Z") == "2026-05-01T13:03");
  BOOST_TEST(next_of("3 * * * *", "2026-05-01T12:02:59.999999Z") == "2026-05-01T12:03");
  BOOST_TEST(next_of("2-59/5 * * * *", "2026-05-01T12:57:10Z") == "2026-05-01T13:02");
  BOOST_TEST(next_of("51 */8 * * *", "2026-05-01T17:00:00Z") == "2026-05-02T00:51");
  BOOST_TEST(next_of("36 18 * * 4", "2026-05-01T00:00:00Z") == "2026-05-07T18:36");  // a Thursday
  BOOST_TEST(next_of("30 */24 * * *", "2026-05-01T12:00:00Z") == "2026-05-02T00:30");
  BOOST_TEST(next_of("0 0 * * 7", "2026-05-01T00:00:00Z") == "2026-05-03T00:00");
  BOOST_TEST(next_of("* * * * *", "2026-12-31T23:59:00Z") == "2027-01-01T00:00");
  // Whatever the offset in which the time is written, the line is in UTC.
  BOOST_TEST(next_of("0 12 * * *", "2026-05-01T12:30:00+02:00") == "2026-05-01T12:00");
}

BOOST_AUTO_TEST_CASE(ends_of_months_and_leap_days) {
  BOOST_TEST(next_of("0 0 31 * *", "2026-04-01T00:00:00Z") == "2026-05-31T00:00");
  BOOST_TEST(next_of("0 0 30 * *", "2026-01-31T00:00:00Z") == "2026-03-30T00:00");
  BOOST_TEST(next_of("0 0 29 2 *", "2026-05-01T00:00:00Z") == "2028-02-29T00:00");
  BOOST_TEST(next_of("0 0 29 2 MON", "2026-05-01T00:00:00Z") == "2044-02-29T00:00");
  BOOST_TEST(next_of("0 0 31 2 *", "2026-05-01T00:00:00Z") == "never");
  BOOST_TEST(next_of("0 0 31 4,6,9,11 *", "2026-05-01T00:00:00Z") == "never");
}

BOOST_AUTO_TEST_CASE(both_days_must_match_as_in_authentik) {
  BOOST_TEST(next_of("0 0 13 * 5", "2026-05-01T00:00:00Z") == "2026-11-13T00:00");  // Friday the 13th
  BOOST_TEST(next_of("0 0 */2 * 1", "2026-05-01T00:00:00Z") == "2026-05-11T00:00");
}

BOOST_AUTO_TEST_CASE(lists_ranges_steps_and_names) {
  BOOST_TEST(next_of("5/10 * * * *", "2026-05-01T12:06:00Z") == "2026-05-01T13:05");  // 5 alone
  BOOST_TEST(next_of("0,30-32,59 1 * * *", "2026-05-01T01:30:00Z") == "2026-05-01T01:31");
  BOOST_TEST(next_of("0 0 1 JAN-mar,Dec *", "2026-04-01T00:00:00Z") == "2026-12-01T00:00");
  BOOST_TEST(next_of("0 0 * * sat", "2026-05-01T00:00:00Z") == "2026-05-02T00:00");
  BOOST_TEST(next_of("0 0 * * fri-7", "2026-05-03T00:00:00Z") == "2026-05-08T00:00");
  BOOST_TEST(next_of("  7   1\t* * *  ", "2026-05-01T00:00:00Z") == "2026-05-01T01:07");
  for (const char* bad : {"",           "* * * *",        "* * * * * *",   "60 * * * *",    "* 24 * * *", "* * 0 * *",
                          "* * 32 * *", "* * * 13 *",     "* * * * 8",     "*/0 * * * *",   "*/ * * * *", "5-1 * * * *",
                          "a * * * *",  "1, * * * *",     "1-2-3 * * * *", "*/2/3 * * * *", "-1 * * * *", "JAN * * * *",
                          "@hourly",    "* * * * MONDAY", "* * * * L"}) {
    BOOST_TEST(next_of(bad, "2026-05-01T00:00:00Z") == "no crontab", bad);
  }
}

BOOST_AUTO_TEST_CASE(how_often) {
  BOOST_TEST(per_1000_days("* * * * *") == 1'440'000);
  BOOST_TEST(per_1000_days("2-59/5 * * * *") == 288'000);
  BOOST_TEST(per_1000_days("30 15 * * *") == 1'000);
  BOOST_TEST(per_1000_days("36 18 * * 4") == 143);
  BOOST_TEST(per_1000_days("0 0 31 2 *") == 0);
}

BOOST_AUTO_TEST_CASE(in_words) {
  BOOST_TEST(words_of_crontab("* * * * *") == "every minute");
  BOOST_TEST(words_of_crontab("*/5 * * * *") == "every 5 minutes");
  BOOST_TEST(words_of_crontab("2-59/5 * * * *") == "every 5 minutes");
  BOOST_TEST(words_of_crontab("9-59/5 * * * *") == "11 times an hour");
  BOOST_TEST(words_of_crontab("3 * * * *") == "hourly at :03");
  BOOST_TEST(words_of_crontab("57 */4 * * *") == "every 4 hours at :57");
  BOOST_TEST(words_of_crontab("30 */24 * * *") == "daily at 00:30");
  BOOST_TEST(words_of_crontab("15 6,9 * * *") == "daily at 06:15, 09:15");
  BOOST_TEST(words_of_crontab("*/15 8-17 * * 1-5") == "40 times a day, on Mon, Tue, Wed, Thu, Fri");
  BOOST_TEST(words_of_crontab("36 18 * * 4") == "at 18:36 on Thu");
  BOOST_TEST(words_of_crontab("0 0 1,15 * *") == "at 00:00 on day 1, 15");
  BOOST_TEST(words_of_crontab("0 0 13 * 5") == "at 00:00 on Fri that is day 13");
  BOOST_TEST(words_of_crontab("0 0 29 2 *") == "at 00:00 on day 29 of Feb");
  BOOST_TEST(words_of_crontab("* * * 7,8 *") == "every minute in Jul, Aug");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace akqueue
