#include "ui/relay.hpp"

#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/drawn_line.hpp"

using namespace akqueue;
using namespace akqueue::testing;
using namespace std::chrono_literals;

namespace {

struct Listening {
  FakeTerminal terminal;
  FakeClock clock;
  ui::Relay relay{terminal, clock};

  Listening() { relay.started({"kubectl", "get", "pods", "--output", "json"}); }
  void wait(std::chrono::milliseconds length) {
    for (; length > 0ms; length -= 100ms) {
      clock.sleep(100ms);
      relay.waiting();
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(relay_of_what_is_said, Listening)

BOOST_AUTO_TEST_CASE(what_is_said_is_shown_as_soon_as_nothing_follows) {
  relay.said("To sign in, open https://login.example/device\n");
  wait(300ms);
  BOOST_TEST(terminal.said.empty());
  wait(200ms);
  BOOST_TEST(terminal.said == "To sign in, open https://login.example/device\n");
  wait(60s);
  BOOST_TEST(terminal.said == "To sign in, open https://login.example/device\n", "that is what is waited for");
}

BOOST_AUTO_TEST_CASE(last_words_are_the_errors) {
  relay.said("error: no such pod\n");
  wait(100ms);
  relay.answered();
  wait(1s);
  BOOST_TEST(terminal.said.empty());
}

BOOST_AUTO_TEST_CASE(a_question_keeps_its_line) {
  terminal.terminal = true;
  relay.said("Enter MFA code: ");
  wait(500ms);
  relay.answered();
  BOOST_TEST(terminal.said == "Enter MFA code: ", "the person who answers ends the line");
  terminal = FakeTerminal();
  relay.started({"kubectl", "get"});
  relay.said("Enter MFA code: ");
  wait(500ms);
  relay.answered();
  BOOST_TEST(terminal.said == "Enter MFA code: \n");
}

BOOST_AUTO_TEST_CASE(silence_is_told_after_five_seconds_and_then_twice_a_minute) {
  wait(4900ms);
  BOOST_TEST(terminal.said.empty());
  wait(100ms);
  BOOST_TEST(terminal.said == "waiting for kubectl get pods for 5s; Ctrl-C ends the wait\n");
  terminal.said.clear();
  wait(24900ms);
  BOOST_TEST(terminal.said.empty());
  wait(100ms);
  BOOST_TEST(terminal.said == "waiting for kubectl get pods for 30s; Ctrl-C ends the wait\n");
  terminal.said.clear();
  wait(30s);
  BOOST_TEST(terminal.said == "waiting for kubectl get pods for 60s; Ctrl-C ends the wait\n");
}

BOOST_AUTO_TEST_CASE(after_an_answer_it_is_another_wait) {
  relay.started({"kubectl", "exec", "--stdin", "authentik-server-0"});
  wait(4s);
  relay.answered();
  wait(4s);
  BOOST_TEST(terminal.said.empty());
  wait(1s);
  BOOST_TEST(terminal.said ==
             "no answer through kubectl exec for 5s: the database, or the way to it; Ctrl-C ends the wait\n");
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_is_no_silence) {
  relay.answered();
  clock.sleep(60s);  // a question stands
  wait(4s);
  BOOST_TEST(terminal.said.empty());
}

BOOST_AUTO_TEST_CASE(foreign_text_is_escaped) {
  relay.said("\x1b[2Jhello\nworld\n");
  wait(500ms);
  BOOST_TEST(terminal.said == "\\x1b[2Jhello\nworld\n");
}

BOOST_AUTO_TEST_CASE(what_is_drawn_is_left_alone) {
  terminal.terminal = true;
  BOOST_TEST(relay.may_be_asked());
  {
    const ui::DrawnLine line(terminal);
    relay.said("hello\n");
    wait(60s);
    BOOST_TEST(terminal.said.empty());
    BOOST_TEST(!relay.may_be_asked());
  }
  wait(100ms);
  BOOST_TEST(terminal.said == "hello\n");
  terminal.terminal = false;
  BOOST_TEST(!relay.may_be_asked(), "there is nobody");
}

BOOST_AUTO_TEST_SUITE_END()
