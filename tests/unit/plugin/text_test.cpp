#include <boost/test/unit_test.hpp>

#include "ui/listing.hpp"
#include "ui/text.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::testing;

BOOST_AUTO_TEST_SUITE(ui_text)

BOOST_AUTO_TEST_CASE(nothing_foreign_reaches_the_terminal) {
  BOOST_TEST(visible("plain äöü 🦉") == "plain äöü 🦉");
  BOOST_TEST(visible("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  BOOST_TEST(visible("a\nb\tc\rd\x7f") == "a\\nb\\tc\\rd\\x7f");
  BOOST_TEST(visible("\xc2\x9b" "31m") == "\\u009b31m");
  BOOST_TEST(visible("\xe2\x80\xae" "abc") == "\\u202eabc");
  BOOST_TEST(visible("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
  BOOST_TEST(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  BOOST_TEST(visible_lines("a\n\x1b") == "a\n\\x1b");
}

BOOST_AUTO_TEST_CASE(numbers_and_sizes) {
  BOOST_TEST(with_separators(0) == "0");
  BOOST_TEST(with_separators(999) == "999");
  BOOST_TEST(with_separators(1234567) == "1,234,567");
  BOOST_TEST(with_separators(-1234) == "-1,234");
  BOOST_TEST(with_separators(-123) == "-123");
  BOOST_TEST(format_size(512) == "512 B");
  BOOST_TEST(format_size(1288490189) == "1.2 GiB");
  BOOST_TEST(format_size(1048575) == "1.0 MiB");
  BOOST_TEST(format_share(1, 1000) == "<1%");
  BOOST_TEST(format_share(999, 1000) == "99%");
  BOOST_TEST(format_share(1000, 1000) == "100%");
  BOOST_TEST(format_share(0, 10) == "0%");
  BOOST_TEST(format_share(0, 0) == "");
  BOOST_TEST(format_took(14230) == "14.2s");
  BOOST_TEST(format_took(200000) == "3m20s");
}

BOOST_AUTO_TEST_CASE(names_are_cut_from_the_left) {
  BOOST_TEST(shorten_left("authentik.outposts.tasks.outpost_send_update", 20) == "…outpost_send_update");
  BOOST_TEST(shorten_left("short", 20) == "short");
  BOOST_TEST(shorten_left("äöüß", 3) == "…üß");
  BOOST_TEST(shorten_right("äöü", 3) == "äöü");
  BOOST_TEST(shorten_right("äöüß", 3) == "äö…");
  BOOST_TEST(shorten_right("abc", 1) == "…");
  BOOST_TEST(shorten_right("abc", 0) == "");
}

BOOST_AUTO_TEST_CASE(a_listing_looks_like_kubectl) {
  FakeTerminal terminal;
  Listing listing({{"ACTOR", false, true}, {"TASKS", true}});
  listing.add({"a.b", "1"});
  listing.add({"", "1,000"});
  BOOST_TEST(listing.draw(terminal) == "ACTOR    TASKS\na.b          1\n<none>   1,000\n");
}

BOOST_AUTO_TEST_CASE(names_are_only_shortened_on_a_terminal) {
  FakeTerminal terminal;
  terminal.columns = 30;
  Listing listing({{"ACTOR", false, true}, {"TASKS", true}});
  listing.add({"authentik.outposts.tasks.outpost_send_update", "1"});
  BOOST_TEST(listing.draw(terminal).find("authentik.outposts") != std::string::npos);
  terminal.terminal = true;
  const std::string drawn = listing.draw(terminal);
  BOOST_TEST(columns_of(drawn.substr(drawn.find('\n') + 1)) == 31u);  // 30 and the line end
  BOOST_TEST(drawn.find("…s.outpost_send_update") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
