// The two lines after a deletion: whether the queue refills, and what comes back.
#include <boost/test/unit_test.hpp>

#include "commands/delete/refill.hpp"
#include "fakes.hpp"
#include "queue/samples.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

Refill after(std::int64_t seconds) {
  Refill refill;
  refill.since_s = seconds;
  refill.now = kNoon;
  return refill;
}

queue::Schedule schedule(const std::string& actor, std::optional<std::int64_t> seconds) {
  queue::Schedule one;
  one.actor = actor;
  if (seconds) one.next_run = kNoon + *seconds * kSecond;
  return one;
}

queue::SelectionCounts survey_of(const std::string& actor, const std::string& state) {
  queue::SelectionCounts counts;
  queue::Group group;
  group.actor = actor;
  group.state = state;
  counts.groups.push_back(group);
  return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refill)

BOOST_AUTO_TEST_CASE(a_quiet_queue_is_said_to_be_one) {
  BOOST_TEST(
      describe(after(30)) ==
      "refilling: no, nothing that waits has come in the 30s since the preview\ncomes back: nothing by schedule\n");
}

BOOST_AUTO_TEST_CASE(a_moment_says_nothing_of_a_queue) {
  BOOST_TEST(describe(after(0)).view().find(
                 "refilling: too soon to tell; nothing that waits has come in the 1s since the preview (") == 0U);
  BOOST_TEST(describe(after(29)).view().find("too soon") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(those_that_come_most_are_named) {
  Refill busy = after(30);
  busy.flow.actors = {{"a.tasks.few", 2}, {"a.tasks.most", 1200}, {"a.tasks.some", 40}, {"a.tasks.done", 0, 9}};
  busy.outposts = true;
  BOOST_TEST(describe(busy) ==
             "refilling: 1,242 came in the 30s since the preview (most 1,200, some 40)\n"
             "comes back: nothing by schedule; by hand: updates to outposts (save the outpost in the admin UI, or "
             "restart it)\n");
}

BOOST_AUTO_TEST_CASE(schedules_say_when) {
  Refill refill = after(5);
  refill.schedules = {schedule("authentik.blueprints.v1.tasks.blueprints_discovery", -3), schedule("a.b", 600),
                      schedule("c.d", 700), schedule("e.f", std::nullopt)};
  BOOST_TEST(describe(refill).view().find(
                 "comes back: by schedule blueprints_discovery is due now, b in 10m, 2 more\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_stands_in_names_moves_no_cursor) {
  Refill odd = after(5);
  odd.flow.actors = {{"a.\x1b[2Jb", 1}};
  BOOST_TEST(describe(odd).view().find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(outposts_miss_what_was_not_finished) {
  BOOST_TEST(takes_outpost_updates(survey_of("authentik.outposts.tasks.outpost_send_update", "queued")));
  BOOST_TEST(takes_outpost_updates(survey_of("authentik.outposts.tasks.outpost_controller", "running")));
  BOOST_TEST(!takes_outpost_updates(survey_of("authentik.outposts.tasks.outpost_send_update", "done")));
  BOOST_TEST(!takes_outpost_updates(survey_of("authentik.crypto.tasks.certificate_discovery", "queued")));
}

BOOST_AUTO_TEST_SUITE_END()
