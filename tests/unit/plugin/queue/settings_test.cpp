// The workers' settings: their times, and what stands out.
#include <boost/test/unit_test.hpp>

#include "queue/samples.hpp"
#include "queue/settings.hpp"

using namespace akqueue;
using namespace akqueue::testing;

namespace {

std::vector<LiveSetting> upstream() {
  std::vector<LiveSetting> settings;
  for (const KnownSetting& known : kWorkerSettings) settings.push_back({&known, "", std::string(known.fallback), "default", ""});
  return settings;
}

QueueStatus queue(std::int64_t queued, std::int64_t oldest_done_days = 1) {
  QueueStatus status;
  status.now = kNoon;
  QueueState waiting;
  waiting.count.state = "queued";
  waiting.count.tasks = queued;
  QueueState done;
  done.count.state = "done";
  done.count.tasks = 10;
  done.oldest = kNoon - oldest_done_days * 86400 * kSecond;
  status.states = {waiting, done};
  return status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(times_are_authentiks) {
  BOOST_TEST(parse_timedelta("days=30").value() == 30 * 86400);
  BOOST_TEST(parse_timedelta("hours=1;minutes=30;seconds=5").value() == 5405);
  BOOST_TEST(parse_timedelta("weeks=1").value() == 604800);
  for (const char* text : {"", "30", "days", "days=", "days=-1", "days=x", "years=1", "days=1,hours=2"}) BOOST_TEST(!parse_timedelta(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_quiet_queue_has_no_remarks) {
  BOOST_TEST(remarks_on(upstream(), queue(100), 2).empty());
}

BOOST_AUTO_TEST_CASE(what_stands_out) {
  BOOST_TEST(remarks_on(upstream(), queue(250'000), 3).at(0).starts_with("each of 3 worker processes reads the ids"));
  BOOST_TEST(remarks_on(upstream(), queue(5000), 2).at(0).starts_with("at most 4 tasks run at once"));
  BOOST_TEST(remarks_on(upstream(), queue(0, 45), 2).at(0).starts_with("finished tasks are 45d old, though they are to be kept for 30d"));
  auto odd = upstream();
  odd[4].value = "30 days";
  BOOST_TEST(remarks_on(odd, queue(0), 2).at(0).find("is '30 days', which is no time") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
