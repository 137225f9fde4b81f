#include "ui/waiting.hpp"

#include "akqueue/time.hpp"

namespace akqueue::ui {

void WaitingLine::update(const Text& words) {
  using namespace std::chrono_literals;
  const auto now = clock_.now();
  if (terminal_.err_is_terminal()) {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - started_);
    line_.draw(words, format_text(", {}", format_age(passed.count())));
  } else if (last_ == std::chrono::steady_clock::time_point{} || now - last_ >= 10s) {
    terminal_.err(words + "\n");
    last_ = now;
  }
}

}  // namespace akqueue::ui
