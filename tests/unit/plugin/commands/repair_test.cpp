// What repair commands choose and refuse before anything is changed.
#include <boost/test/unit_test.hpp>

#include "commands/repair/canary.hpp"
#include "commands/repair/error_choice.hpp"
#include "commands/repair/orphans.hpp"
#include "commands/repair/pace.hpp"
#include "outside.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

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

namespace {

/// A queue that workers empty while the clock goes on.
struct Workers {
  Workers(double speed, double waits) : per_second(speed), waiting(waits) {}

  ScriptedLauncher nothing{{}};
  Outside outside{nothing};
  double per_second;
  double waiting;
  std::chrono::steady_clock::time_point looked = outside.clock.now();

  std::int64_t count() {
    const std::chrono::duration<double> passed = outside.clock.now() - looked;
    looked = outside.clock.now();
    waiting = std::max(0.0, waiting - per_second * passed.count());
    return static_cast<std::int64_t>(waiting);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(tasks_are_put_back_as_fast_as_workers_finish) {
  for (const double speed : {20.0, 2000.0}) {
    Workers workers(speed, 3000);
    std::string brake;
    int held = 0;
    const auto pace = pace_of_workers(workers.outside.environment, [&] { return workers.count(); }, [&] { ++held; });
    const auto began = workers.outside.clock.now();
    std::int64_t done = 0;
    double most = 0;
    // As long as others wait before them, the queue does not shrink either: it has what it had, and a little more.
    while (done < 4000) {
      const std::int64_t allowed = pace->allow(done, 500);
      BOOST_REQUIRE(allowed > 0);
      if (!pace->brake().empty()) brake = pace->brake();
      done += allowed;
      workers.waiting += static_cast<double>(allowed);
      most = std::max(most, workers.waiting);
    }
    const std::chrono::duration<double> took = workers.outside.clock.now() - began;
    BOOST_TEST(most <= 3000 + std::max<double>(kPutBackAtOnce, 2 * speed));
    // Workers never wait for it, and it goes on as they do.
    BOOST_TEST(took.count() <= 4000 / speed + 3);
    BOOST_TEST(took.count() >= (4000 - 2 * speed - kPutBackAtOnce) / speed);
    BOOST_TEST((held > 0 && brake.starts_with("held back, ") && brake.ends_with(" wait for workers")), brake);
  }
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_the_wait_for_workers) {
  Workers workers(0, 10);
  const auto pace = pace_of_workers(
      workers.outside.environment, [&] { return workers.count(); }, [&] { workers.outside.interrupts.seen = 1; });
  std::int64_t done = pace->allow(0, 10'000);
  BOOST_TEST(done == kPutBackAtOnce);
  workers.waiting += static_cast<double>(done);
  BOOST_TEST(pace->allow(done, 10'000) == 0);
}

BOOST_AUTO_TEST_CASE(workers_that_finish_nothing_are_not_waited_for_for_ever) {
  Workers workers(0, 10);
  const auto pace = pace_of_workers(workers.outside.environment, [&] { return workers.count(); }, [] {});
  workers.waiting += static_cast<double>(pace->allow(0, 10'000));
  BOOST_CHECK_THROW(pace->allow(kPutBackAtOnce, 10'000), Error);
  BOOST_TEST(
      (workers.outside.passed() >= std::chrono::minutes(5) && workers.outside.passed() < std::chrono::minutes(6)));
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
