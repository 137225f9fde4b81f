// retries_in_message(): the number that authentik copies into the row of a task that it queues again.
#include "queue/task/message_retries.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace akqueue::queue;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(message_retries)

namespace {

/// A pickle of {"options": OPTIONS}.
std::string with_options(const std::string& options) { return "\x80\x02}X\x07\x00\x00\x00options"s + options + "s."; }

}  // namespace

BOOST_AUTO_TEST_CASE(of_pickles) {
  const std::string retries = "}X\x07\x00\x00\x00retries"s;
  BOOST_TEST(retries_in_message(with_options(retries + "K\x03s")).value() == 3);
  BOOST_TEST(retries_in_message(with_options("}")).value() == 0);
  BOOST_TEST(!retries_in_message(with_options(retries + "Ns")).has_value());                    // None
  BOOST_TEST(!retries_in_message(with_options(retries + "J\xff\xff\xff\xffs")).has_value());    // -1
  BOOST_TEST(!retries_in_message(with_options(retries + "X\x01\x00\x00\x00ts"s)).has_value());  // a text
  BOOST_TEST(!retries_in_message(with_options("K\x03")).has_value());
  BOOST_TEST(!retries_in_message("\x80\x02}.").has_value());      // no options
  BOOST_TEST(!retries_in_message("\x80\x02}X\x07").has_value());  // ends early
}

BOOST_AUTO_TEST_CASE(of_json) {
  BOOST_TEST(retries_in_message(R"({"options": {"retries": 7}})").value() == 7);
  BOOST_TEST(retries_in_message(R"({"options": {}})").value() == 0);
  BOOST_TEST(!retries_in_message(R"({"options": {"retries": -1}})").has_value());
  BOOST_TEST(!retries_in_message(R"({"options": {"retries": 1.5}})").has_value());
  BOOST_TEST(!retries_in_message(R"({"options": )").has_value());
  BOOST_TEST(!retries_in_message("{}").has_value());
}

BOOST_AUTO_TEST_CASE(of_nothing) { BOOST_TEST(!retries_in_message("").has_value()); }

BOOST_AUTO_TEST_SUITE_END()
