#include "akqueue/words.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(lists_have_something_between_their_words_alone) {
  BOOST_TEST(joined({}) == "");
  BOOST_TEST(joined({"a"}) == "a");
  BOOST_TEST(joined({"a", "b", "c"}) == "a, b, c");
  BOOST_TEST(joined({"", "b", ""}) == ", b, ");
  BOOST_TEST(joined({"a", "b"}, "; ") == "a; b");
}

BOOST_AUTO_TEST_CASE(a_sentence_has_a_word_before_its_last) {
  BOOST_TEST(listed_words({}, "and") == "");
  BOOST_TEST(listed_words({"a"}, "and") == "a");
  BOOST_TEST(listed_words({"a", "b"}, "or") == "a or b");
  BOOST_TEST(listed_words({"a", "b", "c"}, "and") == "a, b and c");
}

BOOST_AUTO_TEST_CASE(large_numbers_are_read_in_threes) {
  BOOST_TEST(with_separators(0) == "0");
  BOOST_TEST(with_separators(999) == "999");
  BOOST_TEST(with_separators(1234567) == "1,234,567");
  BOOST_TEST(with_separators(-1234) == "-1,234");
  BOOST_TEST(with_separators(-123) == "-123");
}

BOOST_AUTO_TEST_CASE(one_is_not_many) {
  BOOST_TEST(count_of(0, "task", "tasks") == "0 tasks");
  BOOST_TEST(count_of(1, "task", "tasks") == "1 task");
  BOOST_TEST(count_of(1200, "task", "tasks") == "1,200 tasks");
  BOOST_TEST(how_often(1) == "once");
  BOOST_TEST(how_often(2) == "2 times");
}

BOOST_AUTO_TEST_CASE(the_last_part_of_an_actors_name) {
  BOOST_TEST(short_name("authentik.outposts.tasks.outpost_send_update") == "outpost_send_update");
  BOOST_TEST(short_name("alone") == "alone");
  BOOST_TEST(short_name("ends.with.") == "");
  BOOST_TEST(short_name("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
