// Watch and wait from their command lines to their exit statuses, with a fake clock.
#include <boost/test/unit_test.hpp>

#include "scripted_site.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;
using namespace std::chrono_literals;

namespace {

struct WatchDesk : Desk {
  static Answer queued(int tasks) { return rows_are({R"(["default","queued",)" + std::to_string(tasks) + "]"}); }

  /// What the looks find.
  void looks(std::vector<Answer> answers) {
    site.on("query SELECT t.queue_name, t.state, count(*)", std::move(answers));
  }

  std::size_t times_said(std::string_view words) const {
    std::size_t times = 0;
    for (auto at = terminal.said.find(words); at != std::string::npos; at = terminal.said.find(words, at + 1)) ++times;
    return times;
  }
};

const std::string kReading = "query SELECT t.queue_name, t.state, count(*)";
const std::string kCutWords = "the session was cut: the peer ended with status 137";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watch_loop, WatchDesk)

BOOST_AUTO_TEST_CASE(an_until_that_holds_ends_it) {
  looks({queued(5), queued(3), queued(0)});
  BOOST_TEST(run({"watch", "--until", "queued=0"}) == 0);
  BOOST_TEST((passed() == 20s));
  BOOST_TEST(site.asked(kReading) == 3u);
  BOOST_TEST(site.entered == 1);
  BOOST_TEST(printed("12:00:20"), terminal.printed);
  BOOST_TEST(said("watched 20s: queued 5 -> 0; 0 came, 0 finished, 5 removed unfinished\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(several_untils_must_hold_at_once) {
  looks({queued(0), queued(1), queued(0)});
  site.on("query SELECT count(*), count(*) FILTER", {rows_are({"[2,2,0,0,0]"}), rows_are({"[0,0,0,0,0]"})});
  BOOST_TEST(run({"watch", "--until", "queued=0", "--until", "taken=0"}) == 0);
  BOOST_TEST((passed() == 20s));
}

BOOST_AUTO_TEST_CASE(an_until_that_does_not_hold_in_time_is_an_error) {
  looks({queued(5)});
  BOOST_TEST(run({"watch", "--until", "queued=0", "--timeout", "35s"}) == status_of(ErrorCode::condition));
  BOOST_TEST((passed() == 35s));
  BOOST_TEST(site.asked(kReading) == 4u);
  BOOST_TEST(said("error: timed out before queued=0: it is 5, standing still\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(an_alert_is_said_when_it_comes_and_when_it_goes) {
  looks({queued(3), queued(7), queued(8), queued(3)});
  BOOST_TEST(run({"watch", "--alert", "queued>5", "--timeout", "35s"}) == status_of(ErrorCode::condition));
  BOOST_TEST(times_said("ALERT: queued>5 holds: it is 7\n") == 1u, terminal.said);
  BOOST_TEST(times_said("ALERT: ") == 1u, terminal.said);
  BOOST_TEST(times_said("alert over: queued>5: it is 3\n") == 1u, terminal.said);
  BOOST_TEST(said("alert queued>5 held once\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(an_alert_that_never_holds_is_none) {
  looks({queued(3)});
  BOOST_TEST(run({"watch", "--alert", "queued>5", "--timeout", "20s"}) == 0);
  BOOST_TEST(!said("alert"), terminal.said);
}

BOOST_AUTO_TEST_CASE(restarts_of_workers_are_seen_beside_the_looks) {
  looks({queued(3), after([&] { site.restarts = 2; }, queued(3)), queued(3)});
  BOOST_TEST(run({"watch", "--alert", "restarts>0", "--timeout", "25s"}) == status_of(ErrorCode::condition));
  BOOST_TEST(said("ALERT: restarts>0 holds: it is 2\n"), terminal.said);
  BOOST_TEST(said("; 2 worker restarts\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(a_session_that_dies_is_entered_again_at_once) {
  looks({queued(5), cut(), queued(0)});
  BOOST_TEST(run({"watch", "--until", "queued=0"}) == 0);
  BOOST_TEST(site.entered == 2);
  BOOST_TEST((passed() == 10s));
  BOOST_TEST(!said("can't look"), terminal.said);
  BOOST_TEST(said("; the session was entered again once\n"), terminal.said);
}

/// It is tried again after one second, then after two more.
BOOST_AUTO_TEST_CASE(where_that_fails_it_is_tried_until_a_pod_answers) {
  looks({queued(5), after([&] { site.refusals = 2; }, cut()), queued(0)});
  BOOST_TEST(run({"watch", "--until", "queued=0"}) == 0);
  BOOST_TEST(site.entered == 2);
  BOOST_TEST((passed() == 13s));
  BOOST_TEST(said("can't look: " + kCutWords + "; can't list authentik's pods"), terminal.said);
  BOOST_TEST(said("; trying again until a server pod answers\n"), terminal.said);
  BOOST_TEST(said("reading again, through server pod authentik-server\n"), terminal.said);
  BOOST_TEST(printed("<not read>"), terminal.printed);
}

BOOST_AUTO_TEST_CASE(a_site_that_is_lost_at_the_end_is_an_error) {
  looks({queued(5), after([&] { site.refusals = 1000; }, cut())});
  BOOST_TEST(run({"watch", "--timeout", "1m"}) == status_of(ErrorCode::lost));
  BOOST_TEST((passed() == 60s));
  BOOST_TEST(said("error: the queue could not be read any more: "), terminal.said);
}

BOOST_AUTO_TEST_CASE(a_statement_that_fails_costs_one_look) {
  looks({queued(5), fails(R"({"code":"sql","message":"too slow","sqlstate":"57014"})"), queued(0)});
  BOOST_TEST(run({"watch", "--until", "queued=0"}) == 0);
  BOOST_TEST(site.entered == 1);
  BOOST_TEST((passed() == 20s));
  BOOST_TEST(said("can't look: too slow\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_it_with_the_summary) {
  looks({queued(5), after([&] { interrupts.seen = 1; }, queued(4))});
  BOOST_TEST(run({"watch"}) == status_of(ErrorCode::interrupted));
  BOOST_TEST((passed() == 10s));
  BOOST_TEST(said("watched 10s: queued 5 -> 4; "), terminal.said);
}

BOOST_AUTO_TEST_CASE(wait_says_what_came_to_hold) {
  looks({queued(5), queued(0)});
  BOOST_TEST(run({"wait", "--for", "queued=0"}) == 0);
  BOOST_TEST((passed() == 2s));
  BOOST_TEST(terminal.printed == "condition met: queued=0\n");
}

BOOST_AUTO_TEST_CASE(wait_gives_up_when_its_time_is_over) {
  looks({queued(5)});
  BOOST_TEST(run({"wait", "--for", "queued=0", "--timeout", "30s"}) == status_of(ErrorCode::condition));
  BOOST_TEST((passed() == 30s));
  BOOST_TEST(times_said("waiting for queued=0: it is 5") == 3u, terminal.said);  // every ten seconds, and in the error
  BOOST_TEST(said("error: timed out waiting for queued=0: it is 5"), terminal.said);
  BOOST_TEST(terminal.printed == "");
}

BOOST_AUTO_TEST_CASE(wait_goes_on_through_a_session_that_dies) {
  looks({queued(5), after([&] { site.refusals = 1; }, cut()), queued(0)});
  BOOST_TEST(run({"wait", "--for", "queued=0"}) == 0);
  BOOST_TEST((passed() == 3s));
  BOOST_TEST(times_said("can't look: ") == 1u, terminal.said);
  BOOST_TEST(site.entered == 2);
}

BOOST_AUTO_TEST_SUITE_END()
