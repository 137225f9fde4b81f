#include "ui/waiting.hpp"

#include "akqueue/time.hpp"
#include "ui/text.hpp"

namespace akqueue {

void WaitingLine::update(const std::string& words) {
  using namespace std::chrono_literals;
  const auto now = clock_.now();
  if (terminal_.err_is_terminal()) {
    const std::string passed = ", " + format_age(std::chrono::duration_cast<std::chrono::seconds>(now - started_).count());
    // Wider than the terminal it would wrap, and could not be taken away.
    const std::size_t width = terminal_.width(), taken = passed.size() + 1;
    terminal_.err("\r\x1b[K" + shorten_right(words, width > taken ? width - taken : 0) + passed);
    drawn_ = true;
  } else if (last_ == std::chrono::steady_clock::time_point{} || now - last_ >= 10s) {
    terminal_.err(words + "\n");
    last_ = now;
  }
}

void WaitingLine::clear() {
  if (drawn_) terminal_.err("\r\x1b[K");
  drawn_ = false;
}

}  // namespace akqueue
