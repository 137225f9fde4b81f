// The full screen: keys, lines on a terminal, the curve.
#include <boost/test/unit_test.hpp>

#include "commands/watch/screen_view.hpp"
#include "fakes.hpp"
#include "ui/sparkline.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;

namespace {

std::string name_of(const Key& key) {
  switch (key.kind) {
    case Key::Kind::character: return std::string(1, key.character);
    case Key::Kind::up: return "up";
    case Key::Kind::down: return "down";
    case Key::Kind::left: return "left";
    case Key::Kind::right: return "right";
    case Key::Kind::escape: return "escape";
    case Key::Kind::other: return "other";
  }
  return {};
}

std::string names(const std::vector<Key>& keys) {
  std::string text;
  for (const Key& key : keys) text += (text.empty() ? "" : " ") + name_of(key);
  return text;
}

std::string typed(std::string bytes) { return names(take_keys(bytes, true)); }

class FakeScreen final : public FullScreen {
 public:
  void write(const Text& text) override { written += text.view(); }
  std::string typed(std::chrono::milliseconds) override { return {}; }
  TerminalSize size() const override { return extent; }
  bool disturbed() override { return std::exchange(foreign, false); }

  std::string written;
  TerminalSize extent{20, 3};
  bool foreign = true;
};

std::string drawn(FakeScreen& full, Screen& screen, const Frame& frame) {
  full.written.clear();
  screen.draw(frame);
  return full.written;
}

std::string in_one(const std::string& text) { return "\x1b[?2026h" + text + "\x1b[?2026l"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(screen)

BOOST_AUTO_TEST_CASE(keys_from_bytes) {
  BOOST_TEST(typed("qp s") == "q p   s");
  BOOST_TEST(typed("\x1b[A\x1b[B\x1bOC\x1b[D") == "up down right left");
  BOOST_TEST(typed("\x1b[1;5A") == "up");
  BOOST_TEST(typed("\x1b[200~x") == "other x");
  BOOST_TEST(typed("\x1b") == "escape");
  BOOST_TEST(typed("\xc3\xa4") == "other other");
}

BOOST_AUTO_TEST_CASE(half_a_sequence_waits_for_its_rest) {
  std::string bytes = "p\x1b[";
  BOOST_TEST(names(take_keys(bytes, false)) == "p");
  bytes += "Aq";
  BOOST_TEST(names(take_keys(bytes, false)) == "up q");
  bytes = "\x1b[";
  BOOST_TEST(names(take_keys(bytes, true)) == "escape [");
}

BOOST_AUTO_TEST_CASE(only_what_changed_is_written) {
  FakeScreen full;
  Screen screen(full, true);
  BOOST_TEST(drawn(full, screen, {{"one"}, {"two"}}) == in_one("\x1b[H\x1b[2J\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K"));
  BOOST_TEST(drawn(full, screen, {{"one"}, {"two"}}) == "");
  BOOST_TEST(drawn(full, screen, {{"one"}, {"2"}}) == in_one("\x1b[2;1H2\x1b[K"));
  BOOST_TEST(drawn(full, screen, {{"one"}}) == in_one("\x1b[2;1H\x1b[K"));
}

BOOST_AUTO_TEST_CASE(everything_is_written_after_a_resize_and_a_stop) {
  FakeScreen full;
  Screen screen(full, true);
  drawn(full, screen, {{"one"}});
  full.extent = {2, 1};
  // No erasing after a line that fills the width: that would erase its last column.
  BOOST_TEST(drawn(full, screen, {{"one"}, {"two"}}) == in_one("\x1b[H\x1b[2J\x1b[1;1Ho…"));
  full.foreign = true;
  BOOST_TEST(drawn(full, screen, {{"one"}}) == in_one("\x1b[H\x1b[2J\x1b[1;1Ho…"));
}

BOOST_AUTO_TEST_CASE(looks) {
  FakeScreen full;
  full.extent = {5, 1};
  Screen colourful(full, true);
  Screen sober(full, false);
  using enum ScreenLine::Look;
  BOOST_TEST(drawn(full, colourful, {{"x", warning}}).find("\x1b[1;33mx\x1b[0m") != std::string::npos);
  BOOST_TEST(drawn(full, sober, {{"x", warning}}).find("\x1b[1mx\x1b[0m") != std::string::npos);
  BOOST_TEST(drawn(full, sober, {{"x", inverse}}).find("\x1b[7mx    \x1b[0m") != std::string::npos);
  BOOST_TEST(drawn(full, sober, {{"x", strong}}).find("\x1b[1mx\x1b[0m") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(curves) {
  BOOST_TEST(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 20) == "▁▂▃▄▅▆▇█");
  BOOST_TEST(sparkline({9, 9, 0, 7}, 2) == "▁█");
  BOOST_TEST(sparkline({5, 5}, 9) == "▄▄");
  BOOST_TEST(sparkline({0, 0}, 9) == "▁▁");
  BOOST_TEST(sparkline({}, 9) == "");
}

BOOST_AUTO_TEST_CASE(what_keys_do) {
  commands::WatchControls controls;
  const auto press = [&](const Key& key) { return commands::handle_key(key, controls, 3); };
  const auto press_char = [&](char c) { return press({Key::Kind::character, c}); };
  BOOST_TEST(!press_char('p'));
  BOOST_TEST(controls.paused);
  press_char(' ');
  BOOST_TEST(!controls.paused);
  press_char('s');
  BOOST_TEST((controls.order == commands::WatchControls::Order::queued));
  press({Key::Kind::right});
  BOOST_TEST((controls.order == commands::WatchControls::Order::name));
  press_char('s');
  BOOST_TEST((controls.order == commands::WatchControls::Order::growth));
  press({Key::Kind::left});
  BOOST_TEST((controls.order == commands::WatchControls::Order::name));
  for (int i = 0; i < 9; ++i) press({Key::Kind::down});
  BOOST_TEST(controls.scrolled == 2U);
  for (int i = 0; i < 9; ++i) press({Key::Kind::up});
  BOOST_TEST(controls.scrolled == 0U);
  press_char('?');
  BOOST_TEST(controls.help);
  press_char('p');  // leaves the help, no more
  BOOST_TEST(!controls.help);
  BOOST_TEST(!controls.paused);
  press_char('?');
  BOOST_TEST(press_char('q'));
}

BOOST_AUTO_TEST_SUITE_END()
