#include <boost/test/unit_test.hpp>
#include <sstream>

#include "commands/shared/filter_options.hpp"
#include "commands/shared/id_list.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

queue::TaskChoice choice_of(const std::vector<std::string>& args) {
  return read_choice(parse_command_line(queue::choosing_options(), args));
}

std::string trouble_with(const std::string& text) {
  std::istringstream stream(text);
  return words_of([&] { read_id_list(stream, "ids.txt"); });
}

constexpr const char* kTaskId = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

}  // namespace

BOOST_AUTO_TEST_SUITE(filter_options)

BOOST_AUTO_TEST_CASE(what_was_written) {
  const queue::TaskChoice choice = choice_of({"--actor", "a,b", "--uid", "x,y", "--older-than", "6h",
                                              "--newer-than=10m", "--expired", "--keep-newest", "2", "--limit", "9"});
  BOOST_TEST(choice.actors == (std::vector<std::string>{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(choice.uids == std::vector<std::string>{"x,y"}, boost::test_tools::per_element());
  BOOST_TEST(choice.older_than_s.value() == 21600);
  BOOST_TEST(choice.newer_than_s.value() == 600);
  BOOST_TEST(choice.expired);
  BOOST_TEST(choice.keep_newest.value() == 2);
  BOOST_TEST(choice.limit.value() == 9);
  BOOST_TEST(choice_of({}).empty());
  BOOST_TEST(choice_of({"--state", "any"}).empty());
}

BOOST_AUTO_TEST_CASE(ids_whole_and_begun) {
  const queue::TaskChoice choice = choice_of({std::string("task/") + kTaskId, "1b4e28ba-2", kTaskId});
  BOOST_TEST(choice.ids.size() == 2u);
  BOOST_TEST(choice.id_beginnings == std::vector<std::string>{"1b4e28ba-2"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_value_never_means_everything) {
  for (const char* option : {"--queue", "--state", "--actor", "--uid", "--object", "--tenant", "--log"}) {
    BOOST_TEST((error_of([&] { choice_of({option, ""}); }) == ErrorCode::usage), option);
    BOOST_TEST((error_of([&] { choice_of({option, "a", option, ""}); }) == ErrorCode::usage), option);
    for (const char* value : {",", "a,", ",a", "a,,b"})
      BOOST_TEST((error_of([&] { choice_of({option, value}); }) == ErrorCode::usage), option << " " << value);
  }
}

BOOST_AUTO_TEST_CASE(wrong_values_are_named) {
  const std::vector<std::vector<std::string>> lines{
      {"--older-than", "6"},   {"--newer-than", "soon"},  {"--keep-newest", "0"},
      {"--limit", "-1"},       {"--limit", "many"},       {"abc"},
      {"outpost_send_update"}, {kTaskId, "--limit", "3"}, {"-f", "/dev/null"}};
  for (const auto& line : lines) BOOST_TEST((error_of([&] { choice_of(line); }) == ErrorCode::usage), line.front());
  BOOST_TEST((error_of([&] { choice_of({"-f", "/no/such/file"}); }) == ErrorCode::system));
}

BOOST_AUTO_TEST_CASE(a_list_of_ids) {
  std::istringstream stream(std::string("# from list\n\n  task/") + kTaskId + "\r\n" + kTaskId + "\n");
  BOOST_TEST(read_id_list(stream, "ids.txt").size() == 2u);
  BOOST_TEST(trouble_with("\n1b4e28ba\n") ==
             "ids.txt, line 2: '1b4e28ba' is not a task id | one whole id a line, as kubectl akqueue list -o name "
             "prints them");
  BOOST_TEST(trouble_with("# nothing\n") ==
             "ids.txt holds no task id | one id a line, as kubectl akqueue list -o name prints them");
  BOOST_TEST(trouble_with(std::string(10'000'000, 'x')).size() < 250u);
  BOOST_TEST(trouble_with("#" + std::string(10'000, 'x') + "\n\ny").find("line 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_list_without_an_end_ends_at_its_first_line_that_is_no_id) {
  struct Endless final : std::streambuf {
    int_type underflow() override {
      setg(&byte, &byte, &byte + 1);
      return traits_type::to_int_type(byte);
    }
    char byte = 'x';
  } endless;
  std::istream stream(&endless);
  BOOST_TEST((error_of([&] { read_id_list(stream, "x"); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
