#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/json_text.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

using namespace akqueue;
using namespace akqueue::testing;

BOOST_AUTO_TEST_SUITE(ui_text)

BOOST_AUTO_TEST_CASE(nothing_foreign_reaches_the_terminal) {
  BOOST_TEST(visible("plain äöü 🦉") == "plain äöü 🦉");
  BOOST_TEST(visible("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  BOOST_TEST(visible("a\nb\tc\rd\x7f") == "a\\nb\\tc\\rd\\x7f");
  BOOST_TEST(visible("\xc2\x9b"
                     "31m") == "\\u009b31m");
  BOOST_TEST(visible("\xe2\x80\xae"
                     "abc") == "\\u202eabc");
  BOOST_TEST(visible("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
  BOOST_TEST(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  BOOST_TEST(visible_lines("a\n\x1b") == "a\n\\x1b");
}

BOOST_AUTO_TEST_CASE(what_can_not_be_seen_is_shown) {
  BOOST_TEST(visible("a\u061cb\u200bc\u200dd\u2060e\ufefff") == "a\\u061cb\\u200bc\\u200dd\\u2060e\\ufefff");
  BOOST_TEST(visible("\u2028\u2029\u00ad\u115f\u3164\u034f\ufe0f") ==
             "\\u2028\\u2029\\u00ad\\u115f\\u3164\\u034f\\ufe0f");
  BOOST_TEST(visible("\U000e0041\U000e0100\U0001d173") == "\\U000e0041\\U000e0100\\U0001d173");
  BOOST_TEST(visible("\ufffe\u0378") == "\\ufffe\\u0378");  // nobody's
  BOOST_TEST(visible("e\u0301 中文 한국어 \u3000 ‰ …") == "e\u0301 中文 한국어 \u3000 ‰ …");
  BOOST_TEST(visible("\xf4\x90\x80\x80 \xe4\xb8") == "\\xf4\\x90\\x80\\x80 \\xe4\\xb8");
}

BOOST_AUTO_TEST_CASE(json_is_safe_for_a_terminal_and_means_the_same) {
  const Json document{{"a\u202eb", "\u009b31m \x7f \u061c \u2028 \U000e0041 中 ä \x1b \n \" \\"},
                      {"list", {1, "\u200f"}}};
  for (const std::string& text : {compact_json(document), indented_json(document)}) {
    BOOST_TEST((Json::parse(text) == document), text);
    BOOST_TEST(visible_lines(text) == text);
    BOOST_TEST(text.find("中 ä") != std::string::npos);
  }
  BOOST_TEST(compact_json("\u009b \U000e0041\x7f") == R"("\u009b \udb40\udc41\u007f")");
  BOOST_TEST(compact_json("\xff") == "\"\ufffd\"");
}

BOOST_AUTO_TEST_CASE(wide_characters_have_their_width) {
  BOOST_TEST(columns_of("abc") == 3u);
  BOOST_TEST(columns_of("中文") == 4u);
  BOOST_TEST(columns_of("🦉!") == 3u);
  BOOST_TEST(columns_of("e\u0301") == 1u);
  BOOST_TEST(columns_of("\xff\xe4") == 2u);
  BOOST_TEST(characters_in("中e\u0301") == 3u);
  BOOST_TEST(shorten_left("中文中文", 5) == "…中文");
  BOOST_TEST(shorten_left("中文中文", 4) == "…文");
  BOOST_TEST(shorten_left("abe\u0301c", 3) == "…e\u0301c");
  BOOST_TEST(shorten_left("abe\u0301c", 2) == "…c");
  BOOST_TEST(shorten_right("中文中文", 5) == "中文…");
  BOOST_TEST(shorten_right("中文中文", 4) == "中…");
  BOOST_TEST(shorten_right("ae\u0301bc", 3) == "ae\u0301…");
  BOOST_TEST(shorten_right("中文", 4) == "中文");
  BOOST_TEST(shorten_right("中文", 1) == "…");
  for (std::size_t width = 1; width < 12; ++width) {
    BOOST_TEST(columns_of(shorten_left("a中b文e\u0301🦉", width)) <= width);
    BOOST_TEST(columns_of(shorten_right("a中b文e\u0301🦉", width)) <= width);
  }
}

BOOST_AUTO_TEST_CASE(columns_stand_under_each_other_whatever_is_in_them) {
  FakeTerminal terminal;
  Listing listing({{"NAME", false, true}, {"TASKS", true}});
  listing.add({"中文", "1"});
  listing.add({"abcd", "22"});
  BOOST_TEST(listing.draw(terminal) == "NAME   TASKS\n中文       1\nabcd      22\n");
  terminal.terminal = true;
  terminal.columns = 24;
  Listing narrow({{"NAME", false, true}, {"TASKS", true}});
  narrow.add({"中文中文中文中文中文中文", "1"});
  const std::string drawn = narrow.draw(terminal);
  BOOST_TEST(columns_of(drawn.substr(drawn.find('\n') + 1)) == 24u);
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
  BOOST_TEST(columns_of(drawn.substr(drawn.find('\n') + 1)) == 30u);
  BOOST_TEST(drawn.find("…s.outpost_send_update") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
