#include "ui/progress.hpp"

#include <algorithm>

#include "akqueue/time.hpp"
#include "ui/text.hpp"

namespace akqueue {
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

std::string ProgressLine::words(std::int64_t done, std::int64_t expected, const std::string& state) const {
  const double seconds = std::max(0.001, std::chrono::duration<double>(clock_.now() - started_).count());
  const double rate = static_cast<double>(done) / seconds;
  std::string text = with_separators(done) + " of " + with_separators(expected) + " tasks";
  const std::string share = format_share(std::min(done, expected), expected);
  if (!share.empty()) text += ", " + share;
  text += ", " + with_separators(static_cast<std::int64_t>(rate)) + "/s, " + state;
  const std::int64_t left = expected - done;
  if (left > 0 && rate > 0 && seconds > 1)
    text += ", " + format_age(static_cast<std::int64_t>(static_cast<double>(left) / rate) + 1) + " left";
  return text;
}

}  // namespace akqueue
