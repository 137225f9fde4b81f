#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "cli/program.hpp"
#include "cli/standard_input.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

Ran program(const std::vector<std::string>& args, const std::string& called_as = "akqueue-sim") {
  TextInput in("");
  std::ostringstream out;
  std::ostringstream err;
  const int status = run_program(called_as, args, {in, out, err});
  return {status, out.str(), err.str()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli)

BOOST_AUTO_TEST_CASE(help_names_every_command_and_option) {
  const std::string help = program({}).out;
  for (const Command& command : commands()) {
    BOOST_TEST(help.find("  " + std::string(command.name)) != std::string::npos);
    const std::string own = program({"help", std::string(command.name)}).out;
    BOOST_TEST(own.starts_with(command.summary));
    for (const Option& option : command.options)
      BOOST_TEST(own.find("--" + std::string(option.name)) != std::string::npos);
  }
  BOOST_TEST(program({"create", "--help"}).out == program({"help", "create"}).out);
}

BOOST_AUTO_TEST_CASE(wrong_use_is_status_2_with_a_hint) {
  const Ran unknown = program({"craete"});
  BOOST_TEST(unknown.status == 2);
  BOOST_TEST(unknown.err == "error: unknown command 'craete'\nhint: did you mean akqueue-sim create?\n");
  BOOST_TEST(program({"create", "x"}).status == 2);
  BOOST_TEST(program({"create"}).status == 2);
  BOOST_TEST(program({"create", "x", "--scenario", "calm", "--tasks", "0"}).status == 2);
  BOOST_TEST(program({"create", "x", "--scenario", "calm", "--now", "noon"}).status == 2);
  BOOST_TEST(program({"scenarios", "-o", "yaml"}).status == 2);
  BOOST_TEST(program({"shell", "/nowhere/w"}).status == 1);
}

BOOST_AUTO_TEST_CASE(create_makes_a_world_and_refuses_to_make_it_twice) {
  const TempFolder folder;
  const std::vector<std::string> args{"create", folder.file("w"), "--scenario", "calm", "--tasks", "40"};
  const Ran made = program(args);
  BOOST_TEST(made.status == 0);
  BOOST_TEST(made.out.find(" created: 40 tasks, ") != std::string::npos);
  const Ran again = program(args);
  BOOST_TEST(again.status == 3);
  BOOST_TEST(again.err.find("exists already") != std::string::npos);
  BOOST_TEST(program({"kubectl", "--world", folder.file("w"), "config", "current-context"}).out == "akqueue-sim\n");
  ::setenv("AKQUEUE_SIM", folder.file("w").c_str(), 1);
  BOOST_TEST(program({"config", "current-context"}, "/somewhere/kubectl").out == "akqueue-sim\n");
  ::unsetenv("AKQUEUE_SIM");
  BOOST_TEST(program({"get", "pods"}, "kubectl").status == 2);
}

BOOST_AUTO_TEST_CASE(scenarios_are_listed_as_json_too) {
  const auto list = ForeignJson::parse(program({"scenarios", "-o", "json"}).out).at("scenarios");
  BOOST_TEST(list.size() == known_scenarios().size());
  BOOST_TEST(program({"scenarios"}).out.find("outpost-storm") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(input_is_read_by_lines_and_bytes) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  StandardInput input(ends[0]);
  const std::string text = "5\nabcdefirst\n" + std::string(200000, 'x') + "\nhalf";
  BOOST_TEST(!input.ended());
  BOOST_REQUIRE(::write(ends[1], text.data(), 13) == 13);
  std::string line;
  BOOST_TEST(input.read_line(line));
  BOOST_TEST(line == "5");
  BOOST_TEST(input.skip(5));
  BOOST_TEST(input.read_line(line));
  BOOST_TEST(line == "first");
  if (::fork() == 0) {
    for (std::size_t at = 13; at < text.size();)
      at += static_cast<std::size_t>(::write(ends[1], text.data() + at, text.size() - at));
    ::_exit(0);
  }
  ::close(ends[1]);
  BOOST_TEST(input.read_line(line));
  BOOST_TEST(line.size() == 200000u);
  BOOST_TEST(!input.read_line(line));
  ::close(ends[0]);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_is_noticed_when_nothing_is_left_to_read) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  StandardInput input(ends[0]);
  BOOST_REQUIRE(::write(ends[1], "a\nb\n", 4) == 4);
  ::close(ends[1]);
  std::string line;
  BOOST_TEST(!input.ended());
  input.read_line(line);
  BOOST_TEST(!input.ended());
  input.read_line(line);
  BOOST_TEST(input.ended());
  ::close(ends[0]);
}

BOOST_AUTO_TEST_SUITE_END()
