// Real children: sh and cat.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <thread>

#include "fakes.hpp"
#include "system/process.hpp"

using namespace akqueue;
using namespace akqueue::system;
using namespace akqueue::testing;
using namespace std::chrono_literals;

namespace {

struct Launching {
  FakeInterrupts interrupts;
  SystemLauncher launcher{interrupts};

  std::unique_ptr<Process> sh(const std::string& script) { return launcher.start({"sh", "-c", script}); }
};

/// Remembers what it is told, in one line.
struct Notes final : Onlooker {
  void started(const std::vector<std::string>& argv) override { told += argv.front() + " started."; }
  void said(std::string_view bytes) override { told += bytes.empty() ? "" : " said " + std::string(bytes) + "."; }
  void answered() override { told += " answered."; }
  void waiting() override { ++waits; }
  bool may_be_asked() const override { return false; }
  std::string told;
  int waits = 0;
};

bool alive(int pid) { return ::kill(pid, 0) == 0; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(process, Launching)

BOOST_AUTO_TEST_CASE(lines_go_there_and_back) {
  const auto cat = launcher.start({"cat"});
  cat->write("one\ntwo\n");
  BOOST_TEST(std::string(cat->read_line(5s).value()) == "one");
  BOOST_TEST(std::string(cat->read_line(5s).value()) == "two");
  cat->close_input();
  BOOST_TEST(!cat->read_line(5s).has_value());
  BOOST_TEST(cat->wait(5s).code == 0);
}

BOOST_AUTO_TEST_CASE(long_lines_come_whole) {
  const auto child = sh("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next");
  BOOST_TEST(child->read_line(20s).value().size() == 3'000'000u);
  BOOST_TEST(std::string(child->read_line(5s).value()) == "next");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there) {
  BOOST_TEST((error_of([&] { launcher.start({"akqueue-no-such-program"}); }) == ErrorCode::kubectl_missing));
}

BOOST_AUTO_TEST_CASE(exit_status_and_signals) {
  BOOST_TEST(sh("exit 7")->wait(5s).code == 7);
  BOOST_TEST(sh("kill -9 $$")->wait(5s).code == 137);
}

BOOST_AUTO_TEST_CASE(an_onlooker_hears_it_as_it_comes) {
  Notes notes;
  SystemLauncher heard(interrupts, &notes);
  const auto child = heard.start({"sh", "-c", "printf one >&2; read line; echo answer; printf two >&2; exit 3"});
  BOOST_CHECK_THROW(child->read_line(1s), Error);  // nothing yet
  BOOST_TEST(notes.told == "sh started. said one.");
  BOOST_TEST(notes.waits > 5);
}

BOOST_AUTO_TEST_CASE(an_onlooker_hears_of_the_end) {
  Notes notes;
  SystemLauncher heard(interrupts, &notes);
  const auto child = heard.start({"sh", "-c", "printf one >&2; exit 3"});
  BOOST_TEST(child->wait(5s).code == 3);
  BOOST_TEST(notes.told == "sh started. said one. answered.");
}

BOOST_AUTO_TEST_CASE(without_somebody_to_ask_input_is_a_pipe) {
  Notes notes;
  SystemLauncher heard(interrupts, &notes);
  const auto child = heard.start_asking({"cat"});
  child->write("one\n");
  BOOST_TEST(std::string(child->read_line(5s).value()) == "one");
  BOOST_TEST(notes.told == "cat started. answered.");
}

BOOST_AUTO_TEST_CASE(output_and_errors_are_kept_apart) {
  const auto child = sh("echo out; echo err >&2; printf rest");
  const Finished finished = finish(*child, 5s);
  BOOST_TEST(finished.output == "out\nrest");
  BOOST_TEST(finished.error_text == "err\n");
}

BOOST_AUTO_TEST_CASE(much_standard_error_does_not_block_the_child) {
  const auto child = sh("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo done");
  const Finished finished = finish(*child, 20s);
  BOOST_TEST(finished.output == "done\n");
  BOOST_TEST(finished.error_text.size() == 65536u);
}

BOOST_AUTO_TEST_CASE(writing_to_a_child_that_is_gone_is_lost) {
  const auto child = sh("exec <&-; exit 0");
  child->wait(5s);
  BOOST_TEST((error_of([&] { child->write(std::string(1'000'000, 'x')); }) == ErrorCode::lost));
}

BOOST_AUTO_TEST_CASE(a_child_that_talks_before_it_listens_is_heard) {
  const auto child = sh("head -c 1000000 /dev/zero | tr '\\0' x; echo; wc -c");
  child->write(std::string(1'000'000, 'y'));
  child->close_input();
  BOOST_TEST(child->read_line(5s).value().size() == 1'000'000u);
  BOOST_TEST(std::string(child->read_line(5s).value()) == "1000000");
}

BOOST_AUTO_TEST_CASE(patience_runs_out) {
  const auto child = sh("sleep 30");
  const auto started = std::chrono::steady_clock::now();
  BOOST_TEST((error_of([&] { child->read_line(200ms); }) == ErrorCode::lost));
  BOOST_TEST((std::chrono::steady_clock::now() - started < 5s));
}

BOOST_AUTO_TEST_CASE(the_second_interrupt_ends_a_wait) {
  const auto child = sh("sleep 30");
  interrupts.seen = 1;
  {
    const Interrupts::Grace grace(interrupts);
    BOOST_TEST((error_of([&] { child->read_line(300ms); }) == ErrorCode::lost));
  }
  const auto another = sh("sleep 30");
  BOOST_TEST((error_of([&] { another->read_line(10s); }) == ErrorCode::interrupted));
}

BOOST_AUTO_TEST_CASE(a_stubborn_child_is_stopped_and_reaped) {
  int pid = 0;
  {
    const auto child = sh("trap '' TERM; echo $$; while :; do sleep 1; done");
    pid = std::stoi(std::string(child->read_line(5s).value()));
    BOOST_TEST(alive(pid));
  }
  BOOST_TEST(!alive(pid));
}

BOOST_AUTO_TEST_CASE(the_child_ignores_ctrl_c_and_dies_of_a_broken_pipe) {
  // A shell that starts with a signal ignored cannot see its disposition; /proc can.
  const auto child = sh("grep SigIgn /proc/self/status");
  const std::string line(child->read_line(5s).value());
  const unsigned long long ignored = std::stoull(line.substr(line.find_last_of("\t ") + 1), nullptr, 16);
  BOOST_TEST((ignored & 1ull << (SIGINT - 1)) != 0u);
  BOOST_TEST((ignored & 1ull << (SIGPIPE - 1)) == 0u);
}

BOOST_AUTO_TEST_CASE(pipes_are_not_inherited_by_a_later_child) {
  const auto first = launcher.start({"cat"});
  const auto second = sh("sleep 30");
  first->close_input();
  BOOST_TEST(!first->read_line(5s).has_value());  // would wait for the second child if that held the pipe
}

BOOST_AUTO_TEST_SUITE_END()
