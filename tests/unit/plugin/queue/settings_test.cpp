// The workers' settings: their times, and what stands out.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "queue/samples.hpp"
#include "queue/settings.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using namespace akqueue::testing;

namespace {

std::vector<LiveSetting> upstream() {
  std::vector<LiveSetting> settings;
  for (const WorkerSetting& known : kWorkerSettings)
    settings.push_back({&known, "", std::string(known.fallback), "default", ""});
  return settings;
}

QueueStatus queue_of(std::int64_t queued, std::int64_t oldest_done_days = 1) {
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

BOOST_AUTO_TEST_CASE(a_quiet_queue_has_no_remarks) { BOOST_TEST(remarks_on(upstream(), queue_of(100), 2).empty()); }

BOOST_AUTO_TEST_CASE(what_stands_out) {
  BOOST_TEST(
      remarks_on(upstream(), queue_of(250'000), 3).at(0).starts_with("each of 3 worker processes reads the ids"));
  BOOST_TEST(remarks_on(upstream(), queue_of(5000), 2).at(0).starts_with("at most 4 tasks run at once"));
  BOOST_TEST(remarks_on(upstream(), queue_of(0, 45), 2)
                 .at(0)
                 .starts_with("finished tasks are 45d old, though authentik keeps them for only 30d"));
  auto odd = upstream();
  odd[4].value = "30 days";
  BOOST_TEST(remarks_on(odd, queue_of(0), 2).at(0).find("is '30 days', which is not a time") != std::string::npos);
}

/// The agent is alone in the pod, so it has its own list of what it may tell.
BOOST_AUTO_TEST_CASE(the_agent_tells_these_settings_and_no_others) {
  std::ifstream file(AKQUEUE_SOURCE_DIR "/plugin/session/agent.py");
  const std::string agent((std::istreambuf_iterator<char>(file)), {});
  const auto begin = agent.find("WORKER_SETTINGS = {"), end = agent.find("\nMAX_LINE", begin);
  BOOST_REQUIRE(begin != std::string::npos && end != std::string::npos);
  const std::string told = agent.substr(begin, end - begin);
  std::string expected;
  for (const WorkerSetting& one : kWorkerSettings)
    expected += "\"" + std::string(one.name.substr(one.name.find('.') + 1)) + "\" ";
  std::string found;
  const auto names_end = told.find(")}");
  for (auto at = told.find("in (\""); at < names_end;) {
    const auto open = told.find('"', at), close = told.find('"', open + 1);
    if (open == std::string::npos || open > names_end) break;
    found += told.substr(open, close - open + 1) + " ";
    at = close + 1;
  }
  BOOST_TEST(found == expected);
  for (const WorkerSetting& one : kWorkerSettings) {
    const std::string former = "\"" + std::string(one.name) + "\": \"" + std::string(one.former) + "\"";
    BOOST_TEST((told.find(former) != std::string::npos) == !one.former.empty(), one.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
