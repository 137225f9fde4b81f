#include "commands/watch/screen_view.hpp"

namespace akqueue::commands {
namespace {

using Order = WatchControls::Order;

Order next(Order order) {
  return order == Order::growth ? Order::queued : order == Order::queued ? Order::name : Order::growth;
}
Order previous(Order order) { return next(next(order)); }

}  // namespace

bool handle_key(const ui::Key& key, WatchControls& controls, std::size_t actors) {
  if (key.is('q') || key.is('Q')) return true;
  // Any other key leaves the help.
  if (controls.help) {
    controls.help = false;
    return false;
  }
  if (key.is('?') || key.is('h')) controls.help = true;
  if (key.is('p') || key.is(' ')) controls.paused = !controls.paused;
  if (key.is('s') || key.kind == ui::Key::Kind::right) controls.order = next(controls.order);
  if (key.kind == ui::Key::Kind::left) controls.order = previous(controls.order);
  if (key.kind == ui::Key::Kind::down && controls.scrolled + 1 < actors) ++controls.scrolled;
  if (key.kind == ui::Key::Kind::up && controls.scrolled > 0) --controls.scrolled;
  return false;
}

WatchScreen::WatchScreen(std::unique_ptr<ui::FullScreen> full, const cli::Environment& environment,
                         const Poller& poller, const Conditions& conditions)
    : full_(std::move(full)),
      screen_(*full_, environment.terminal.colours()),
      newest_(picture_of(poller, {}, conditions)) {}

void WatchScreen::show(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  newest_ = picture_of(poller, reading, conditions);
  bool rings = false;
  for (const ConditionState& alert : conditions.alerts()) rings = rings || (reading.read && alert.just_began);
  draw();
  if (rings) screen_.ring();
}

void WatchScreen::idle(std::chrono::milliseconds length) {
  const std::string typed = full_->typed(length);
  bytes_ += typed;
  for (const ui::Key& key : ui::take_keys(bytes_, typed.empty())) {
    if (handle_key(key, controls_, shown_.trend.actors().size())) quit_ = true;
  }
  draw();
}

void WatchScreen::draw() {
  if (!controls_.paused) shown_ = newest_;
  screen_.draw(frame_of(shown_, controls_, screen_.size()));
}

}  // namespace akqueue::commands
