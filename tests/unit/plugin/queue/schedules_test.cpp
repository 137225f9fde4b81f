#include <boost/test/unit_test.hpp>

#include "akqueue/error.hpp"
#include "queue/change/schedule_change.hpp"
#include "queue/filter/schedule_choice.hpp"
#include "queue/release.hpp"

namespace akqueue::queue {
namespace {

// 2026-05-01T12:00:00Z
constexpr Timestamp kMidday = 1'777'636'800 * kSecond;

Schedule schedule_named(const std::string& actor, const std::string& uid, const std::string& id) {
  Schedule schedule{.actor = actor, .crontab = "*/5 * * * *", .paused = false, .next_run = kMidday + 300 * kSecond};
  schedule.uid = uid;
  schedule.id = Uuid::parse(id).value();
  return schedule;
}

const std::vector<Schedule>& some_schedules() {
  static const std::vector<Schedule> known{
      schedule_named("authentik.core.tasks.clean_expired_models", "", "aaaa1111-0000-4000-8000-000000000001"),
      schedule_named("authentik.outposts.tasks.outpost_controller", "one", "aaaa2222-0000-4000-8000-000000000002"),
      schedule_named("authentik.outposts.tasks.outpost_controller", "two", "bbbb3333-0000-4000-8000-000000000003"),
      schedule_named("other.tasks.clean_expired_models", "", "cccc4444-0000-4000-8000-000000000004")};
  return known;
}

std::string meant(const std::vector<std::string>& written) {
  try {
    std::string digits;
    for (const Schedule& one : schedules_meant(written, some_schedules())) digits += one.id.to_string().back();
    return digits;
  } catch (const Error& error) { return error.hint(); }
}

ScheduleVerdict judged(const Schedule& schedule, const ScheduleWays& ways) {
  return judge_schedules({schedule}, ways, kMidday).front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(they_are_meant_by_names_uids_globs_and_ids) {
  BOOST_TEST(meant({"outpost_controller"}) == "23");
  BOOST_TEST(meant({"outpost_controller:two"}) == "3");
  BOOST_TEST(meant({"authentik.outposts.tasks.outpost_controller:one"}) == "2");
  BOOST_TEST(meant({"two", "one"}) == "23");
  BOOST_TEST(meant({"clean_*"}) == "14");
  BOOST_TEST(meant({"*:one", "authentik.core.*"}) == "12");
  BOOST_TEST(meant({"bbbb"}) == "3");
  BOOST_TEST(meant({"aaaa1"}) == "1");
  BOOST_TEST(meant({"aaaa1111-0000-4000-8000-000000000001"}) == "1");
  BOOST_TEST(meant({"aaaa"}) == "give more of the id");
  BOOST_TEST(meant({"clean_expired_models"}) == "write more of the name, or *.clean_expired_models for all of them");
  BOOST_TEST(meant({"outpost_contrller"}) == "did you mean outpost_controller?");
  BOOST_TEST(meant({"outpost_controller:three"}).starts_with("did you mean"));
  BOOST_TEST(meant({"xyz"}) == "kubectl akqueue schedules lists them");
}

BOOST_AUTO_TEST_CASE(what_runs_later_than_its_crontab_says_is_held) {
  Schedule schedule = some_schedules().front();
  BOOST_TEST((standing_of(schedule, kMidday) == Standing::regular));
  schedule.next_run = kMidday - 3600 * kSecond;
  BOOST_TEST((standing_of(schedule, kMidday) == Standing::regular));
  schedule.next_run = kMidday + 600 * kSecond;
  BOOST_TEST((standing_of(schedule, kMidday) == Standing::held));
  schedule.next_run = kNeverRuns;
  BOOST_TEST((standing_of(schedule, kMidday) == Standing::paused));
  BOOST_TEST(format_timestamp(kNeverRuns) == "2999-01-01T00:00:00.000000Z");
  schedule.next_run = 0;
  schedule.paused = true;
  BOOST_TEST((standing_of(schedule, kMidday) == Standing::paused));
}

BOOST_AUTO_TEST_CASE(a_held_one_with_another_crontab_goes_on_no_sooner) {
  Schedule schedule = some_schedules().front();
  schedule.next_run = kMidday + 7200 * kSecond;
  const ScheduleVerdict verdict = judged(schedule, {.change = ScheduleChange::crontab, .crontab = "*/20 * * * *"});
  BOOST_REQUIRE(verdict.after.has_value());
  BOOST_TEST(verdict.after->next_run == kMidday + 7200 * kSecond);
  BOOST_TEST(judged(schedule, {.change = ScheduleChange::crontab, .crontab = "*/5 * * * *"}).why ==
             "that is its crontab");
}

BOOST_AUTO_TEST_CASE(a_crontab_that_never_comes_is_not_resumed) {
  Schedule schedule = some_schedules().front();
  schedule.crontab = "0 0 31 2 *";
  schedule.paused = true;
  schedule.next_run = 0;
  BOOST_TEST(judged(schedule, {.change = ScheduleChange::resume}).why == "its crontab has no next time");
}

BOOST_AUTO_TEST_CASE(a_pause_that_would_be_lost_is_made_to_last) {
  Schedule schedule = some_schedules().front();
  schedule.paused = true;
  schedule.next_run = 0;
  BOOST_TEST(judged(schedule, {.change = ScheduleChange::pause, .keeps_pauses = true}).why == "paused already");
  const ScheduleVerdict verdict = judged(schedule, {.change = ScheduleChange::pause, .keeps_pauses = false});
  BOOST_REQUIRE(verdict.after.has_value());
  BOOST_TEST(!verdict.after->paused);
  BOOST_TEST(verdict.after->next_run == kNeverRuns);
}

BOOST_AUTO_TEST_CASE(releases_are_numbers) {
  BOOST_TEST(release_number("2026.8.0").value() == 202608);
  BOOST_TEST(release_number("2025.10.4-rc1").value() == 202510);
  BOOST_TEST(!release_number("").has_value());
  BOOST_TEST(!release_number("unknown").has_value());
  BOOST_TEST(!release_number("a.b").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace akqueue::queue
