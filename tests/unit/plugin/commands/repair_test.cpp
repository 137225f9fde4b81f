// What repair commands choose and refuse before anything is changed.
#include <boost/test/unit_test.hpp>

#include "commands/repair/error_choice.hpp"
#include "commands/repair/orphans.hpp"

using namespace akqueue;
using namespace akqueue::commands;

BOOST_AUTO_TEST_SUITE(repair)

namespace {

const Uuid kFirst = Uuid::parse("11111111-2222-4333-8444-555555555555").value();
const Uuid kSecond = Uuid::parse("11111111-2222-4333-8444-666666666666").value();

std::vector<queue::ErrorGroup> two_errors() { return {{"ConnectionError: <n> Timeouts", {kFirst}}, {"", {kSecond}}}; }

std::string refused_errors(const std::vector<std::string>& wanted) {
  try {
    choose_errors(two_errors(), wanted);
  } catch (const Error& error) { return error.what(); }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(errors_by_number_and_by_text) {
  BOOST_TEST(!choose_errors(two_errors(), {}).any());
  BOOST_TEST((choose_errors(two_errors(), {"2"}).ids() == std::vector<Uuid>{kSecond}));
  BOOST_TEST((choose_errors(two_errors(), {"TIMEOUT"}).ids() == std::vector<Uuid>{kFirst}));
  BOOST_TEST(choose_errors(two_errors(), {"1", "2"}).ids().size() == 2U);
  BOOST_TEST(refused_errors({"0"}) == "there is no error number 0: these tasks failed in 2 ways");
  BOOST_TEST(refused_errors({"3"}) == "there is no error number 3: these tasks failed in 2 ways");
  BOOST_TEST(refused_errors({"refused"}) == "none of these tasks failed with 'refused'");
}

BOOST_AUTO_TEST_CASE(behind_a_pooler_orphans_are_told_only_where_no_worker_lives) {
  Site site;
  queue::Heartbeats heartbeats{.kept = true, .workers = {{.hostname = "w", .version = {}, .last_seen = {}}}};
  heartbeats.workers.front().alive = heartbeats.workers.front().recent = true;
  check_orphans_can_be_told(site, heartbeats);
  site.facts.pooled = true;
  BOOST_CHECK_THROW(check_orphans_can_be_told(site, heartbeats), Error);
  heartbeats.workers.front().alive = heartbeats.workers.front().recent = false;
  check_orphans_can_be_told(site, heartbeats);
  heartbeats = {};  // a release that keeps none: nobody can tell who lives
  BOOST_CHECK_THROW(check_orphans_can_be_told(site, heartbeats), Error);
}

BOOST_AUTO_TEST_SUITE_END()
