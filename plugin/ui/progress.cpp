#include "ui/progress.hpp"

#include <algorithm>

#include "akqueue/time.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 100ms;
constexpr auto kPlainInterval = 10s;

}  // namespace

void ProgressLine::update(std::int64_t done, std::int64_t expected, const std::string& state) {
  const auto now = clock_.now();
  if (terminal_.err_is_terminal()) {
    if (line_.drawn() && now - last_ < kRedraw && state == last_state_) return;
    line_.draw(words(done, expected, state));
  } else {
    if (last_ == std::chrono::steady_clock::time_point{}) last_ = started_;
    if (now - last_ < kPlainInterval) return;
    terminal_.err(words(done, expected, state) + "\n");
  }
  last_ = now;
  last_state_ = state;
}

Text ProgressLine::words(std::int64_t done, std::int64_t expected, const std::string& state) const {
  const double seconds = std::max(0.001, std::chrono::duration<double>(clock_.now() - started_).count());
  const double rate = static_cast<double>(done) / seconds;
  Text text = format_text("{} of {} tasks", with_separators(done), with_separators(expected));
  const std::string share = format_share(std::min(done, expected), expected);
  if (!share.empty()) text += format_text(", {}", share);
  text += format_text(", {}/s, {}", with_separators(static_cast<std::int64_t>(rate)), state);
  const std::int64_t left = expected - done;
  if (left > 0 && rate > 0 && seconds > 1)
    text += format_text(", {} left", format_age(static_cast<std::int64_t>(static_cast<double>(left) / rate) + 1));
  return text;
}

}  // namespace akqueue::ui
