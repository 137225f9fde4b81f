// What repair commands choose and refuse before anything is changed.
#include <boost/test/unit_test.hpp>

#include "commands/repair/canary.hpp"
#include "commands/repair/error_choice.hpp"
#include "commands/repair/orphans.hpp"
#include "commands/repair/pace.hpp"

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

BOOST_AUTO_TEST_CASE(a_canary_goes_on_where_few_fail_again) {
  CanaryGroup group{.error = "refused"};
  const auto goes_on = [&](std::int64_t finished, std::map<std::string, std::int64_t> errors, int stop_at) {
    group.fates = {.finished = finished};
    for (const auto& [error, tasks] : errors) group.fates.rejected += tasks;
    group.fates.errors = std::move(errors);
    judge_canary(group, stop_at);
    return group.goes_on;
  };
  BOOST_TEST(goes_on(10, {}, 1));
  BOOST_TEST(!goes_on(0, {}, 50));  // none was tried
  BOOST_TEST(!goes_on(99, {{"refused", 1}}, 1));
  BOOST_TEST(goes_on(100, {{"refused", 1}}, 1));
  BOOST_TEST(!goes_on(5, {{"refused", 5}}, 50));
  BOOST_TEST(goes_on(6, {{"refused", 5}}, 50));
  BOOST_TEST(goes_on(0, {{"something else", 5}}, 50));
}

BOOST_AUTO_TEST_CASE(a_canary_takes_some_of_each_error_that_was_chosen) {
  ErrorChoice errors = choose_errors({{"a", {kFirst, kSecond}}, {"b", {kSecond}}, {"c", {kFirst}}}, {"1", "2"});
  Canary canary = split_for_canary(errors, 1);
  BOOST_REQUIRE_EQUAL(canary.groups.size(), 2U);
  BOOST_TEST((canary.first() == std::vector<Uuid>{kFirst, kSecond}));
  BOOST_TEST(canary.stopped() == 1);
  canary.groups[0].goes_on = true;
  BOOST_TEST((canary.rest() == std::vector<Uuid>{kSecond}));
  BOOST_TEST(canary.stopped() == 0);
  BOOST_TEST(split_for_canary(errors, 7).rest().empty());
}

BOOST_AUTO_TEST_CASE(rates_and_shares) {
  BOOST_TEST(parse_rate("10/s") == 10.0);
  BOOST_TEST(parse_rate("30/m") == 0.5);
  BOOST_TEST(parse_rate("3600/h") == 1.0);
  for (const char* wrong : {"", "10", "10/", "/s", "0/s", "-1/s", "1.5/s", "10/d", "10/s ", "9999999/s"})
    BOOST_CHECK_THROW(parse_rate(wrong), Error);
  BOOST_TEST(parse_share("50%") == 50);
  BOOST_TEST(parse_share("1") == 1);
  for (const char* wrong : {"", "0%", "101%", "x", "50%%", "-5%"}) BOOST_CHECK_THROW(parse_share(wrong), Error);
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
