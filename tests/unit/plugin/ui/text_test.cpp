#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/json_text.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;

BOOST_AUTO_TEST_SUITE(ui_text)

/// As a terminal gets a foreign string.
static std::string shown(std::string_view foreign) { return std::string(Text(foreign).view()); }

// What prints takes a Text, and nothing becomes one unescaped without saying so.
static_assert(std::is_same_v<decltype(&Terminal::out), void (Terminal::*)(const Text&)>);
static_assert(std::is_same_v<decltype(&Terminal::err), void (Terminal::*)(const Text&)>);
static_assert(std::is_same_v<decltype(&FullScreen::write), void (FullScreen::*)(const Text&)>);
static_assert(std::is_convertible_v<std::string, Text> && std::is_convertible_v<std::string_view, Text>);
static_assert(std::is_convertible_v<const char*, Text> && std::is_convertible_v<const char (&)[5], Text>);
static_assert(!std::is_constructible_v<Text, char (&)[5]>, "a buffer is not a literal");
static_assert(!std::is_constructible_v<Text, std::vector<char>> && !std::is_constructible_v<Text, char>);
static_assert(!std::is_convertible_v<Text, std::string> && !std::is_convertible_v<Text, std::string_view>,
              "a string that a Text was made of would be escaped again");

BOOST_AUTO_TEST_CASE(nothing_foreign_reaches_the_terminal) {
  BOOST_TEST(shown("plain äöü 🦉") == "plain äöü 🦉");
  BOOST_TEST(shown("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  BOOST_TEST(shown("a\nb\tc\rd\x7f") == "a\\nb\\tc\\rd\\x7f");
  BOOST_TEST(shown("\xc2\x9b"
                   "31m") == "\\u009b31m");
  BOOST_TEST(shown("\xe2\x80\xae"
                   "abc") == "\\u202eabc");
  BOOST_TEST(shown("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
  BOOST_TEST(shown("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  BOOST_TEST(Text::lines("a\n\x1b") == "a\n\\x1b");
  BOOST_TEST(shown(shown("\x1b\n\u202e")) == shown("\x1b\n\u202e"));
}

BOOST_AUTO_TEST_CASE(what_can_not_be_seen_is_shown) {
  BOOST_TEST(shown("a\u061cb\u200bc\u200dd\u2060e\ufefff") == "a\\u061cb\\u200bc\\u200dd\\u2060e\\ufefff");
  BOOST_TEST(shown("\u2028\u2029\u00ad\u115f\u3164\u034f\ufe0f") ==
             "\\u2028\\u2029\\u00ad\\u115f\\u3164\\u034f\\ufe0f");
  BOOST_TEST(shown("\U000e0041\U000e0100\U0001d173") == "\\U000e0041\\U000e0100\\U0001d173");
  BOOST_TEST(shown("\ufffe\u0378") == "\\ufffe\\u0378");  // nobody's
  BOOST_TEST(shown("e\u0301 中文 한국어 \u3000 ‰ …") == "e\u0301 中文 한국어 \u3000 ‰ …");
  BOOST_TEST(shown("\xf4\x90\x80\x80 \xe4\xb8") == "\\xf4\\x90\\x80\\x80 \\xe4\\xb8");
}

BOOST_AUTO_TEST_CASE(a_literal_stands_as_it_is_and_a_string_is_escaped) {
  const std::string foreign = "pod\x1b[2J\n\u202e";
  FakeTerminal terminal;
  terminal.out("one\n\ttwo \x1b[1m");
  terminal.out(foreign);
  terminal.out(foreign.c_str());
  BOOST_TEST(terminal.printed == "one\n\ttwo \x1b[1mpod\\x1b[2J\\n\\u202epod\\x1b[2J\\n\\u202e");
  BOOST_TEST("in " + Text(foreign) + "\n" == "in pod\\x1b[2J\\n\\u202e\n");
  Text text = "of ";
  text += foreign;
  BOOST_TEST(text + foreign == "of pod\\x1b[2J\\n\\u202epod\\x1b[2J\\n\\u202e");
  BOOST_TEST(foreign + Text("\n") == "pod\\x1b[2J\\n\\u202e\n");
}

BOOST_AUTO_TEST_CASE(a_format_escapes_what_it_is_given) {
  const std::string foreign = "a\x1b[2Jb\nc\u202ed";
  const std::string_view piece = foreign;
  BOOST_TEST(format_text("pod {}:\n{}", foreign, piece.substr(1, 5)) == "pod a\\x1b[2Jb\\nc\\u202ed:\n\\x1b[2Jb");
  BOOST_TEST(format_text("{0}{1}{0}", Text("\x1b[1m"), foreign.c_str()) == "\x1b[1ma\\x1b[2Jb\\nc\\u202ed\x1b[1m");
  BOOST_TEST(format_text("{} of {}, {}", -3, std::uint64_t{5}, 0.5) == "-3 of 5, 0.5");
  BOOST_TEST(format_text("{}", std::string("{}\x07")) == "{}\\x07");
  BOOST_TEST(format_text("{}\n", foreign.empty() ? "none" : "some") == "some\n");
}

BOOST_AUTO_TEST_CASE(colours_stand_around_what_is_escaped) {
  class Coloured final : public Terminal {
   public:
    void out(const Text&) override {}
    void err(const Text&) override {}
    bool out_is_terminal() const override { return true; }
    bool err_is_terminal() const override { return true; }
    bool in_is_terminal() const override { return true; }
    std::size_t width() const override { return 80; }
    bool colours() const override { return true; }
    std::optional<std::string> read_line() override { return std::nullopt; }
  };
  const std::string foreign = "a\x1b[0mb";
  BOOST_TEST(Coloured().warning(foreign) == "\x1b[33ma\\x1b[0mb\x1b[0m");
  BOOST_TEST(format_text("{}: {}", Coloured().strong("hint"), foreign) == "\x1b[1mhint\x1b[0m: a\\x1b[0mb");
  BOOST_TEST(FakeTerminal().failure(foreign) == "a\\x1b[0mb");
}

BOOST_AUTO_TEST_CASE(words_are_joined_as_they_stand) {
  BOOST_TEST(joined(std::vector<Text>{"a", std::string("b\n"), "", "c"}) == "a, b\\n, , c");
  BOOST_TEST(joined(std::vector<Text>{"a", "b"}, "\n") == "a\nb");
  BOOST_TEST(joined(std::vector<Text>()).empty());
}

BOOST_AUTO_TEST_CASE(json_is_safe_for_a_terminal_and_means_the_same) {
  const Json document{{"a\u202eb", "\u009b31m \x7f \u061c \u2028 \U000e0041 中 ä \x1b \n \" \\"},
                      {"list", {1, "\u200f"}}};
  for (const Text& text : {compact_json(document), indented_json(document)}) {
    BOOST_TEST((Json::parse(text.view()) == document), text);
    BOOST_TEST(Text::lines(text.view()) == text);
    BOOST_TEST(text.view().find("中 ä") != std::string::npos);
  }
  BOOST_TEST(compact_json("\u009b \U000e0041\x7f") == R"("\u009b \udb40\udc41\u007f")");
  BOOST_TEST(compact_json("\xff") == "\"\ufffd\"");
}

BOOST_AUTO_TEST_CASE(wide_characters_have_their_width) {
  BOOST_TEST(columns_of("abc") == 3u);
  BOOST_TEST(columns_of("中文") == 4u);
  BOOST_TEST(columns_of("🦉!") == 3u);
  BOOST_TEST(columns_of("e\u0301") == 1u);
  BOOST_TEST(columns_of(std::string("\xff\xe4")) == 8u);
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
  const std::string drawn(narrow.draw(terminal).view());
  BOOST_TEST(columns_of(drawn.substr(drawn.find('\n') + 1, drawn.size() - drawn.find('\n') - 2)) == 24u);
}

BOOST_AUTO_TEST_CASE(sizes_and_shares) {
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
  BOOST_TEST(listing.draw(terminal).view().find("authentik.outposts") != std::string::npos);
  terminal.terminal = true;
  const std::string drawn(listing.draw(terminal).view());
  BOOST_TEST(columns_of(drawn.substr(drawn.find('\n') + 1, drawn.size() - drawn.find('\n') - 2)) == 30u);
  BOOST_TEST(drawn.find("…ks.outpost_send_update") != std::string::npos);
}

/// Columns come nearer, long ones are shortened, spare ones left out, in this order.
BOOST_AUTO_TEST_CASE(a_table_fits_its_terminal) {
  FakeTerminal terminal;
  terminal.terminal = true;
  Listing listing({{"NAME", false, true}, {"HELD", true, false, true}, {"WHAT", false, true, false, true}});
  listing.add({"authentik-worker-1", "12", "all that is queued"});
  const auto drawn = [&](std::size_t columns) {
    terminal.columns = columns;
    const std::string text(listing.draw(terminal).view());
    return text.substr(text.find('\n') + 1);
  };
  BOOST_TEST(drawn(46) == "authentik-worker-1     12   all that is queued\n");
  BOOST_TEST(drawn(44) == "authentik-worker-1    12  all that is queued\n");
  BOOST_TEST(drawn(40) == "…hentik-worker-1    12  all that is que…\n");
  BOOST_TEST(drawn(34) == "…hentik-worker-1  all that is que…\n");
  BOOST_TEST(drawn(18) == "…orker-1  all tha…\n");
  BOOST_TEST(drawn(17) == "…orker-1 all tha…\n");
}

BOOST_AUTO_TEST_SUITE_END()
