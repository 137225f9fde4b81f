#include <boost/test/unit_test.hpp>

#include "akqueue/command_line.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cli;
using namespace akqueue::testing;

namespace {

const std::vector<Option> kRows{{"namespace", 'n', "NAMESPACE", "", false, ""},
                                {"actor", 0, "ACTOR", "", true, ""},
                                {"limit", 0, "N", "", false, ""},
                                {"output", 'o', "FORMAT", "", false, "table|json|jsonl|path="},
                                {"yes", 'y', "", "", false, ""}};

Options parse(const std::vector<std::string>& args) { return parse_command_line(kRows, args); }

std::string why_not(const std::vector<std::string>& args) {
  return words_of([&] { parse(args); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(all_ways_to_give_a_value) {
  for (const auto& args : std::vector<std::vector<std::string>>{{"-n", "sso"},
                                                                {"-nsso"},
                                                                {"-n=sso"},
                                                                {"-yn=sso"},
                                                                {"-yn", "sso"},
                                                                {"--namespace", "sso"},
                                                                {"--namespace=sso"}}) {
    BOOST_TEST(parse(args).text("namespace") == "sso", args.front());
  }
  BOOST_TEST(parse({"-n", "=sso"}).text("namespace") == "=sso");
  BOOST_TEST(parse({"-ojson"}).text("output") == "json");
  BOOST_TEST(parse({"-o=json"}).text("output") == "json");
}

BOOST_AUTO_TEST_CASE(options_and_arguments_mix) {
  const Options options = parse({"one", "-y", "two", "--", "--limit"});
  BOOST_TEST(options.has("yes"));
  BOOST_TEST(!options.has("limit"));
  BOOST_TEST(options.arguments() == (std::vector<std::string>{"one", "two", "--limit"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(repeatable_options_split_at_commas) {
  BOOST_TEST(parse({"--actor", "a,b", "--actor=c"}).all("actor") == (std::vector<std::string>{"a", "b", "c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers) {
  BOOST_TEST(parse({"--limit", "12"}).number("limit").value() == 12);
  BOOST_TEST(!parse({}).number("limit").has_value());
  for (const char* text : {"x", "12x", "-1", "1.5", ""}) {
    BOOST_TEST((error_of([&] { parse({std::string("--limit=") + text}).number("limit"); }) == ErrorCode::usage), text);
  }
}

BOOST_AUTO_TEST_CASE(slips_are_met_with_the_nearest_name) {
  BOOST_TEST(why_not({"--actr", "x"}) == "unknown option '--actr' | did you mean --actor?");
  BOOST_TEST(why_not({"--completely-else"}) == "unknown option '--completely-else'");
  BOOST_TEST(why_not({"-o", "jsn"}) ==
             "'jsn' is not a value for --output | did you mean json? (table, json, jsonl, path=…)");
  BOOST_TEST(why_not({"-o", "path"}) ==
             "--output path says nothing of what to print | it stands right behind it: path=TEXT");
  BOOST_TEST(parse({"-o", "path=.a=b"}).text("output") == "path=.a=b");
  BOOST_TEST(why_not({"-o", "yaml"}) ==
             "'yaml' is not a value for --output | it takes one of table, json, jsonl, path=…");
}

BOOST_AUTO_TEST_CASE(no_guessing_and_no_contradiction) {
  BOOST_TEST((error_of([] { parse({"--name", "x"}); }) == ErrorCode::usage));
  BOOST_TEST((error_of([] { parse({"-n", "a", "-n", "b"}); }) == ErrorCode::usage));
  BOOST_TEST((error_of([] { parse({"--namespace"}); }) == ErrorCode::usage));
  BOOST_TEST((error_of([] { parse({"--yes=true"}); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(nearest_name) {
  BOOST_TEST(nearest("quued", {"queued", "done"}).value() == "queued");
  BOOST_TEST(!nearest("xyz", {"queued", "done"}).has_value());
  BOOST_TEST(nearest("older", {"older-than", "newer-than"}).value() == "older-than");
  BOOST_TEST(!nearest("with", {"with-dependents", "with-drain"}).has_value(), "which?");
}

BOOST_AUTO_TEST_SUITE_END()
