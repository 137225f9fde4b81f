#include "cli/typed_line.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>

#include "cli/help.hpp"
#include "cli/the_program.hpp"

using namespace akqueue;
using namespace akqueue::cli;
using namespace akqueue::testing;

BOOST_FIXTURE_TEST_SUITE(typed_line, TheProgram)

/// So that a line can be read before its command is known.
BOOST_AUTO_TEST_CASE(an_option_takes_a_value_in_all_commands_or_in_none) {
  std::map<std::string_view, std::pair<bool, std::string>> known;
  std::map<char, std::string_view> letters;
  for (const Command* const row : runnable()) {
    for (const Option& option : options_of(*row)) {
      const auto first = known.emplace(option.name, std::pair(option.argument.empty(), row->full_name())).first->second;
      BOOST_TEST(first.first == option.argument.empty(),
                 option.name << " of " << row->full_name() << " and " << first.second);
      if (option.letter != 0) BOOST_TEST(letters.emplace(option.letter, option.name).first->second == option.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(options_before_the_command) {
  using Line = std::vector<std::string>;
  const auto check = [](const Line& typed, const Line& read) {
    BOOST_TEST(command_first(typed) == read, boost::test_tools::per_element());
  };
  check({"-n", "sso", "status"}, {"status", "-n", "sso"});
  check({"-n", "status", "status"}, {"status", "-n", "status"});
  check({"-nstatus", "-v", "top", "-o", "json"}, {"top", "-nstatus", "-v", "-o", "json"});
  check({"-vn", "list", "top"}, {"top", "-vn", "list"});
  check({"--context=list", "--context", "top", "flush", "sso"}, {"flush", "--context=list", "--context", "top", "sso"});
  check({"--nonsense", "top"}, {"top", "--nonsense"});
  check({"-n", "sso"}, {"-n", "sso"});
  check({"--", "top"}, {"--", "top"});
  check({}, {});
  BOOST_TEST(call({"-v", "-n", "sso", "flush", "--help"}) == 0);
  BOOST_TEST(terminal.printed == page_of(*find_command("flush")).view());
  BOOST_TEST(call({"-n", "sso", "help", "flush"}) == 0);
  BOOST_TEST(terminal.printed == help_of(*find_command("flush")).view());
  BOOST_TEST(call({"--context", "prod", "-h"}) == 0);
  BOOST_TEST(terminal.printed == help_of_all().view());
  call({"--context", "prod", "--version"});
  BOOST_TEST(environment.command_line == "kubectl akqueue --context prod --version");
}

BOOST_AUTO_TEST_CASE(short_names) {
  using Line = std::vector<std::string>;
  const auto check = [](const Line& typed, const Line& read) {
    BOOST_TEST(command_first(typed) == read, boost::test_tools::per_element());
  };
  check({"ls", "-o", "wide"}, {"list", "-o", "wide"});
  check({"get"}, {"list"});
  check({"-n", "sso", "get", "tasks", "-o", "name"}, {"list", "-n", "sso", "-o", "name"});
  check({"get", "-o", "json", "1111"}, {"show", "-o", "json", "1111"});
  check({"get", "task", "1111"}, {"show", "1111"});
  check({"get", "task/1111"}, {"show", "task/1111"});
  check({"describe", "-v", "task", "1111"}, {"show", "-v", "1111"});
  check({"rm", "tasks", "1111", "2222"}, {"delete", "1111", "2222"});
  check({"rm", "--actor", "tasks"}, {"delete", "--actor", "tasks"});
  check({"show", "tasks"}, {"show", "tasks"});
  check({"get", "--", "1111"}, {"show", "--", "1111"});
  for (const Command& command : all_commands()) {
    for (const std::string_view name : command.short_names) BOOST_TEST(find_command(name) == nullptr, name);
  }
  BOOST_TEST(call({"rm", "--help"}) == 0);
  BOOST_TEST(terminal.printed == page_of(*find_command("delete")).view());
  BOOST_TEST(call({"help", "describe"}) == 0);
  BOOST_TEST(terminal.printed == help_of(*find_command("show")).view());
  BOOST_TEST(terminal.printed.find("\nShort names: describe, get with ID\n") != std::string::npos);
  BOOST_TEST(call({"descibe"}) == 2);
  BOOST_TEST(terminal.said == "error: unknown command 'descibe'\nhint: did you mean kubectl akqueue describe?\n");
  BOOST_TEST(call({"describe", "workers"}) == 2);
  BOOST_TEST(terminal.said == "error: 'workers' is not a task id\nhint: kubectl akqueue list shows ids\n");
}

/// What does not fit the page is named there, and explained by `options`.
BOOST_AUTO_TEST_CASE(help_is_a_page) {
  constexpr std::size_t kMostLines = 50;
  const auto check = [](std::string_view text, std::size_t most, const std::string& name) {
    std::stringstream lines{std::string(text)};
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count)
      BOOST_TEST((ui::columns_of(line) <= 80u || line.starts_with("  kubectl akqueue ")), name << ": " << line);
    BOOST_TEST(count <= most, name << ": " << count);
  };
  const std::string options(help_of_options().view());
  check(options, 100, "options");
  std::vector<const Command*> rows = runnable();
  for (const Command& command : all_commands()) rows.push_back(&command);
  for (const Command* const row : rows) {
    const std::string page(page_of(*row).view());
    check(page, kMostLines, row->full_name());
    if (!row->verbs.empty()) continue;
    for (const Option& option : options_of(*row)) {
      const std::string name = "--" + std::string(option.name);
      BOOST_TEST((page.find(name) != std::string::npos || options.find(name + " ") != std::string::npos), name);
      if (option.common) BOOST_TEST(options.find(name + " ") != std::string::npos, name);
    }
  }
  BOOST_TEST(page_of(*find_command("status")).view().find("--worker-selector") == std::string::npos);
  BOOST_TEST(call({"-n", "sso", "options"}) == 0);
  BOOST_TEST(terminal.printed == options);
}

BOOST_AUTO_TEST_SUITE_END()
