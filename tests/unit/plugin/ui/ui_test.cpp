#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"
#include "ui/waiting.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;
using namespace std::chrono_literals;

namespace {

struct OnATerminal {
  FakeTerminal terminal;
  FakeClock clock;
  FakeInterrupts interrupts;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ui, OnATerminal)

BOOST_AUTO_TEST_CASE(only_yes_is_yes) {
  for (const char* answer : {"y", "Y", "yes", " YES "}) {
    terminal.answers = {answer};
    BOOST_TEST(!error_of([&] { ask_yes(terminal, interrupts, {"Delete?", "nothing was deleted"}); }).has_value(),
               answer);
  }
  for (const char* answer : {"", "n", "no", "yess", "delete"}) {
    terminal.answers = {answer};
    BOOST_TEST(
        (error_of([&] { ask_yes(terminal, interrupts, {"Delete?", "nothing was deleted"}); }) == ErrorCode::declined),
        answer);
  }
  terminal.answers = {};
  BOOST_TEST(
      (error_of([&] { ask_yes(terminal, interrupts, {"Delete?", "nothing was deleted"}); }) == ErrorCode::declined));
}

BOOST_AUTO_TEST_CASE(the_name_must_be_typed_exactly) {
  terminal.answers = {"default", "Default", "yes"};
  BOOST_TEST(!error_of([&] { ask_typed(terminal, interrupts, {"?", "nothing was deleted"}, "default"); }).has_value());
  BOOST_TEST((error_of([&] { ask_typed(terminal, interrupts, {"?", "nothing was deleted"}, "default"); }) ==
              ErrorCode::declined));
  BOOST_TEST((error_of([&] { ask_typed(terminal, interrupts, {"?", "nothing was deleted"}, "default"); }) ==
              ErrorCode::declined));
}

BOOST_AUTO_TEST_CASE(a_no_says_what_is_so) {
  for (const std::string otherwise : {"nothing was deleted", "nothing was restored", "no backup was deleted"}) {
    terminal.answers = {"n"};
    BOOST_TEST(words_of([&] { ask_yes(terminal, interrupts, {"Sure?", otherwise}); }) == "declined; " + otherwise);
    terminal.answers = {""};
    BOOST_TEST(words_of([&] { ask_typed(terminal, interrupts, {"Sure?", otherwise}, "default"); }) ==
               "declined; " + otherwise);
  }
  interrupts.seen = 1;
  BOOST_TEST(words_of([&] { ask_yes(terminal, interrupts, {"Sure?", "nothing was restored"}); }) ==
             "interrupted; nothing was restored");
}

BOOST_AUTO_TEST_CASE(one_of_several_by_name_or_number) {
  const std::vector<std::string> words{"idp", "test", "1"};
  const auto chosen = [&] { return ask_which(terminal, interrupts, {"Which one? ", "no release was chosen"}, words); };
  terminal.answers = {"test", "2", " 1 ", "3", "0", "4", "idp"};
  BOOST_TEST(chosen() == "test");
  BOOST_TEST(chosen() == "test");
  BOOST_TEST(chosen() == "1", "a name comes before a number");
  BOOST_TEST(chosen() == "1");
  terminal.said.clear();
  BOOST_TEST(chosen() == "idp", "asked again while it is none of them");
  BOOST_TEST(terminal.said.find("  2  test\n") != std::string::npos);
  BOOST_TEST(terminal.said.find("that is not one of them: a name, or 1 to 3") != std::string::npos);
  terminal.answers = {""};
  BOOST_TEST(words_of(chosen) == "declined; no release was chosen");
}

BOOST_AUTO_TEST_CASE(ctrl_c_at_a_question) {
  interrupts.seen = 1;
  BOOST_TEST(
      (error_of([&] { ask_yes(terminal, interrupts, {"Delete?", "nothing was deleted"}); }) == ErrorCode::interrupted));
}

BOOST_AUTO_TEST_CASE(nobody_to_ask) {
  BOOST_TEST((error_of([&] { check_can_ask(terminal, false, "nothing was deleted"); }) == ErrorCode::refused));
  terminal.terminal = true;
  BOOST_TEST(!error_of([&] { check_can_ask(terminal, false, "nothing was deleted"); }).has_value());
  BOOST_TEST((error_of([&] { check_can_ask(terminal, true, "nothing was deleted"); }) == ErrorCode::refused));
}

BOOST_AUTO_TEST_CASE(a_wait_on_a_narrow_terminal_keeps_its_beginning_and_its_time) {
  terminal.terminal = true;
  terminal.columns = 30;
  WaitingLine line(terminal, clock);
  clock.at += 65s;
  line.update("waiting until 2 worker pods are gone: a, b");
  BOOST_TEST(terminal.said == "\r\x1b[Kwaiting until 2 worker …, 65s");
  BOOST_TEST(columns_of(terminal.said) - 8 < terminal.columns);  // without what takes the line before away
}

BOOST_AUTO_TEST_CASE(progress_does_not_wrap) {
  terminal.terminal = true;
  terminal.columns = 20;
  ProgressLine line(terminal, clock);
  clock.at += 10s;
  line.update(2500, 10000, "deleting");
  BOOST_TEST(terminal.said == "\r\x1b[K2,500 of 10,000 ta…");
}

BOOST_AUTO_TEST_CASE(progress_on_a_terminal_is_one_line) {
  terminal.terminal = true;
  {
    ProgressLine line(terminal, clock);
    clock.at += 10s;
    line.update(2500, 10000, "deleting");
    BOOST_TEST(terminal.said == "\r\x1b[K2,500 of 10,000 tasks, 25%, 250/s, deleting, 31s left");
    terminal.said.clear();
    clock.at += 10ms;
    line.update(2600, 10000, "deleting");
    BOOST_TEST(terminal.said == "");  // not redrawn that often
    line.update(2600, 10000, "waiting for locks");
    BOOST_TEST(terminal.said.find("waiting for locks") != std::string::npos);
    terminal.said.clear();
  }
  BOOST_TEST(terminal.said == "\r\x1b[K");
}

BOOST_AUTO_TEST_CASE(progress_elsewhere_is_a_line_every_ten_seconds) {
  ProgressLine line(terminal, clock);
  for (int second = 1; second <= 25; ++second) {
    clock.at += 1s;
    line.update(second * 100, 10000, "deleting");
  }
  BOOST_TEST(
      terminal.said ==
      "1,000 of 10,000 tasks, 10%, 100/s, deleting, 91s left\n2,000 of 10,000 tasks, 20%, 100/s, deleting, 81s left\n");
}

BOOST_AUTO_TEST_SUITE_END()
