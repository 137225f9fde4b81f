#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "backup/state_directory.hpp"
#include "cli/help.hpp"
#include "cli/run.hpp"
#include "commands/completion/live_values.hpp"
#include "fakes.hpp"
#include "ui/errors.hpp"

using namespace akqueue;
using namespace akqueue::testing;

namespace {

struct Fixture {
  ScriptedLauncher launcher{{}};
  FakeInterrupts interrupts;
  FakeTerminal terminal;
  FakeClock clock;
  StateDirectory state{{}};
  Environment environment{launcher, interrupts, terminal, clock, state};

  int call(const std::vector<std::string>& args) {
    terminal.printed.clear();
    terminal.said.clear();
    return run(args, environment, live_values_of);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_table, Fixture)

BOOST_AUTO_TEST_CASE(the_reference_is_the_one_in_the_tree) {
  std::ifstream file(std::string(AKQUEUE_SOURCE_DIR) + "/docs/commands.md");
  std::stringstream page;
  page << file.rdbuf();
  BOOST_TEST(page.str() == reference_page(),
             "docs/commands.md differs: build/bin/kubectl-akqueue help --markdown > docs/commands.md");
}

BOOST_AUTO_TEST_CASE(every_row_is_whole) {
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    BOOST_TEST(names.insert(command.name).second, command.name);
    BOOST_TEST(!command.summary.empty(), command.name);
    BOOST_TEST(!command.summary.ends_with("."), command.name);
    BOOST_TEST(!command.description.empty(), command.name);
    BOOST_TEST(!command.examples.empty(), command.name);
    BOOST_TEST((command.run != nullptr), command.name);
    std::set<std::string_view> options;
    std::set<char> letters;
    for (const Option& option : options_of(command)) {
      BOOST_TEST(options.insert(option.name).second, option.name);
      BOOST_TEST(!option.help.empty(), option.name);
      if (option.letter != 0) BOOST_TEST(letters.insert(option.letter).second, option.name);
    }
    std::stringstream lines{std::string(command.description)};
    for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 92u, line);
    if (!command.enters_cluster) continue;
    BOOST_TEST(options.contains("yes") == (command.effect != Effect::looks), command.name);
    BOOST_TEST((options.contains("dry-run") || command.effect == Effect::looks), command.name);
    BOOST_TEST(options.contains("no-backup") == (command.effect == Effect::destroys), command.name);
  }
}

BOOST_AUTO_TEST_CASE(every_example_parses) {
  for (const Command& command : commands()) {
    for (const Example& example : command.examples) {
      std::stringstream line{std::string(example.line)};
      std::vector<std::string> words;
      for (std::string word; line >> word;) words.push_back(word);
      BOOST_TEST(words.front() == command.name);
      words.erase(words.begin());
      BOOST_TEST(!error_of([&] { parse_command_line(options_of(command), words); }).has_value(), example.line);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_wherever_it_is_asked_for) {
  BOOST_TEST(call({}) == 0);
  BOOST_TEST(terminal.printed == help_of_all());
  BOOST_TEST(call({"flush", "--nonsense", "--help"}) == 0);
  BOOST_TEST(terminal.printed == help_of(*find_command("flush")));
  BOOST_TEST(call({"help", "top"}) == 0);
  BOOST_TEST(terminal.printed == help_of(*find_command("top")));
  BOOST_TEST(launcher.journal.empty());
}

BOOST_AUTO_TEST_CASE(wrong_use_is_2_and_asks_no_cluster) {
  BOOST_TEST(call({"flsh"}) == 2);
  BOOST_TEST(terminal.said == "error: unknown command 'flsh'\nhint: did you mean kubectl akqueue flush?\n");
  BOOST_TEST(call({"-n", "sso", "status"}) == 2);
  BOOST_TEST(call({"status", "extra"}) == 2);
  BOOST_TEST(call({"delete"}) == 2);
  BOOST_TEST(call({"delete", "not-an-id"}) == 2);
  BOOST_TEST(call({"delete", "--older-than", "5"}) == 2);
  BOOST_TEST(call({"delete", "--all", "--actor", "x"}) == 2);
  BOOST_TEST(call({"top", "--limit", "x"}) == 2);
  BOOST_TEST(terminal.printed == "");
  BOOST_TEST(launcher.journal.empty());
}

BOOST_AUTO_TEST_CASE(no_kubectl) {
  BOOST_TEST(call({"status", "-n", "sso"}) == 1);
  BOOST_TEST(terminal.said.find("error: kubectl was not found") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_show_foreign_text_harmlessly) {
  Error error(ErrorCode::sql, "bad\x1b[2J", "try");
  error.with_detail("line\x07").with_sqlstate("42601");
  print_error(terminal, error);
  BOOST_TEST(terminal.said == "line\\x07\nerror: bad\\x1b[2J (SQLSTATE 42601)\nhint: try\n");
}

BOOST_AUTO_TEST_CASE(one_exit_status_a_kind) {
  for (const ErrorKind& kind : error_kinds()) {
    BOOST_TEST((error_code_named(kind.name) == kind.code), kind.name);
    BOOST_TEST(kind.exit_status != 0, kind.name);
  }
  BOOST_TEST((error_code_named("never heard of") == ErrorCode::protocol));
}

BOOST_AUTO_TEST_CASE(what_a_machine_refuses_is_said_in_words) {
  const auto words = [](const std::exception& thrown) { return words_of([&] { throw as_error(thrown); }); };
  const auto reason = [](std::errc why) { return std::make_error_code(why); };
  BOOST_TEST(words(std::filesystem::filesystem_error("stat", "/a/b", reason(std::errc::filename_too_long))) ==
             "can't use /a/b: File name too long | choose a shorter name");
  BOOST_TEST(words(std::system_error(reason(std::errc::too_many_files_open))).find("Too many open files | ulimit -n") !=
             std::string::npos);
  BOOST_TEST(words(std::bad_alloc()).starts_with("there is not enough memory | "));
  BOOST_TEST(words(std::logic_error("x")) == "unforeseen: x | please report this");
  BOOST_TEST((as_error(Error(ErrorCode::declined, "no")).code() == ErrorCode::declined));
}

BOOST_AUTO_TEST_SUITE_END()
