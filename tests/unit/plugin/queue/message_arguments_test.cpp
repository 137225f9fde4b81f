// arguments_of_message(): the same for the same arguments alone.
#include "queue/task/message_arguments.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace akqueue::queue;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(message_arguments)

namespace {

/// A pickle of {"args": ARGS, "kwargs": KWARGS}, and what else there is.
std::string called_with(const std::string& args, const std::string& kwargs = "}", const std::string& more = "") {
  return "\x80\x02}(X\x04\x00\x00\x00"s + "args" + args + "X\x06\x00\x00\x00kwargs"s + kwargs + more + "u.";
}

const std::string kOne = "K\x01\x85";                         // (1,)
const std::string kTextOne = "X\x01\x00\x00\x00"s + "1\x85";  // ("1",)
const std::string kTrue = "\x88\x85";                         // (True,)
const std::string kInList =
    "](K\x01"
    "e\x85";                                // ([1],)
const std::string kTwo = "K\x01K\x01\x86";  // (1, 1)
const std::string kInCircle =
    "]q\x00h\x00"
    "a\x85";  // a list in itself

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_else_counts) {
  const auto form = arguments_of_message(called_with(kOne));
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST((form == arguments_of_message(called_with(kOne, "}", "X\x02\x00\x00\x00idX\x01\x00\x00\x00y"s))));
}

BOOST_AUTO_TEST_CASE(other_arguments_are_others) {
  const std::string named = "}X\x01\x00\x00\x00"s + "aK\x01s";
  const std::string all[] = {called_with(kOne), called_with(kTextOne),    called_with(kTrue),     called_with(kInList),
                             called_with(kTwo), called_with(kOne, named), called_with(")", named)};
  for (const std::string& one : all) {
    BOOST_TEST(arguments_of_message(one).has_value());
    for (const std::string& other : all)
      BOOST_TEST((arguments_of_message(one) == arguments_of_message(other)) == (&one == &other));
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_like_nothing) {
  BOOST_TEST(!arguments_of_message("").has_value());
  BOOST_TEST(!arguments_of_message("\x80\x02}.").has_value());
  BOOST_TEST(!arguments_of_message(called_with(kOne).substr(0, 20)).has_value());
  BOOST_TEST(!arguments_of_message(called_with(kInCircle)).has_value());
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "](";
  deep += "K\x01";
  for (int i = 0; i < 300; ++i) deep += "e";
  BOOST_TEST(!arguments_of_message(called_with(deep)).has_value());
}

BOOST_AUTO_TEST_CASE(of_json) {
  const auto form = arguments_of_message(R"({"args": [1], "kwargs": {}, "message_id": "x"})");
  BOOST_TEST(form.has_value());
  BOOST_TEST((form == arguments_of_message(R"({"message_id": "y", "kwargs": {}, "args": [1]})")));
  BOOST_TEST((form != arguments_of_message(R"({"args": ["1"], "kwargs": {}})")));
  BOOST_TEST(!arguments_of_message(R"({"args": [1]})").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
