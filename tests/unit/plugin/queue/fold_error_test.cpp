#include <boost/test/unit_test.hpp>

#include "queue/measure/group_counts.hpp"

using namespace akqueue::queue;

BOOST_AUTO_TEST_SUITE(folding)

BOOST_AUTO_TEST_CASE(ids_and_numbers_are_folded_and_names_stay) {
  BOOST_TEST(fold_error("no outpost 11111111-2222-4333-8444-555555555555!") == "no outpost <id>!");
  BOOST_TEST(fold_error("<Conn object at 0x7f3a2b> after 30s, 1.5") == "<Conn object at <id>> after <n>s, <n>.<n>");
  BOOST_TEST(fold_error("oauth2 sha256 utf8: digest 9f86d081884c7d65") == "oauth2 sha256 utf8: digest <id>");
  BOOST_TEST(fold_error("deadbeef decade 12345678 \xc3\xbc") == "deadbeef decade <n> \xc3\xbc");
  BOOST_TEST(fold_error("").empty());
  BOOST_TEST(fold_error("x").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
