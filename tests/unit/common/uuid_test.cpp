#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "akqueue/uuid.hpp"

using akqueue::Uuid;

BOOST_AUTO_TEST_SUITE(uuid)

BOOST_AUTO_TEST_CASE(text_comes_back_in_lower_case) {
  BOOST_TEST(Uuid::parse("1B4E28BA-2FA1-41d2-883f-0016D3CCA427")->to_string() ==
             "1b4e28ba-2fa1-41d2-883f-0016d3cca427");
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
  for (const char* text : {"", "x", "1b4e28ba2fa141d2883f0016d3cca427", "1b4e28ba-2fa1-41d2-883f-0016d3cca42",
                           "1b4e28ba-2fa1-41d2-883f-0016d3cca4277", "1b4e28ba-2fa1-41d2-883f-0016d3cca42g",
                           "1b4e28ba 2fa1-41d2-883f-0016d3cca427", "{1b4e28ba-2fa1-41d2-883f-0016d3cca4}"}) {
    BOOST_TEST(!Uuid::parse(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(order_is_that_of_the_text) {
  const auto a = Uuid::parse("0fffffff-0000-4000-8000-000000000000").value();
  const auto b = Uuid::parse("a0000000-0000-4000-8000-000000000000").value();
  BOOST_TEST((a < b));
  BOOST_TEST((a.to_string() < b.to_string()));
}

BOOST_AUTO_TEST_CASE(a_beginning_is_a_range) {
  const auto range = Uuid::beginning_with("1B4E28ba-2").value();
  BOOST_TEST(range.first.to_string() == "1b4e28ba-2000-0000-0000-000000000000");
  BOOST_TEST(range.last.to_string() == "1b4e28ba-2fff-ffff-ffff-ffffffffffff");
  for (const char* text : {"", "1b4e28ba2", "-", "1b4e28ba-2fa1-41d2-883f-0016d3cca4277", "outpost"})
    BOOST_TEST(!Uuid::beginning_with(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
