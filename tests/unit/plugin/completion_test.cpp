#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "cli/command.hpp"
#include "cli/completion.hpp"

using namespace akqueue;
using Words = std::vector<std::string>;

namespace {

void check(const Words& typed, const Words& offered) { BOOST_TEST(completions(typed) == offered, boost::test_tools::per_element()); }

bool offers(const Words& typed, const std::string& word) {
  const Words offered = completions(typed);
  return std::ranges::find(offered, word) != offered.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(every_command_and_every_option_of_the_table) {
  BOOST_TEST(completions({}).size() == commands().size());
  for (const Command& command : commands()) {
    BOOST_TEST(offers({""}, std::string(command.name)));
    for (const Option& option : options_of(command)) BOOST_TEST(offers({std::string(command.name), "-"}, "--" + std::string(option.name)), option.name);
  }
}

BOOST_AUTO_TEST_CASE(as_far_as_it_is_typed) {
  check({"fl"}, {"flush"});
  check({"flush", "--only"}, {"--only-queued"});
  check({"top", "-o", "j"}, {"json", "jsonl"});
  check({"top", "--output=w"}, {"--output=wide"});
  check({"delete", "--state", "r"}, {"running", "rejected"});
  check({"help", "sta"}, {"status"});
}

BOOST_AUTO_TEST_CASE(nothing_where_nothing_is_known) {
  check({"nonsense", ""}, {});
  check({"delete", "--actor", ""}, {});
  check({"delete", ""}, {});
  check({"flush", "--nonsense=x"}, {});
}

BOOST_AUTO_TEST_CASE(what_was_given_is_not_offered_again) {
  BOOST_TEST(!offers({"flush", "--yes", "--"}, "--yes"));
  BOOST_TEST(offers({"delete", "--actor", "a", "--"}, "--actor"));
}

BOOST_AUTO_TEST_SUITE_END()
