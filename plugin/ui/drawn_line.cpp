#include "ui/drawn_line.hpp"

namespace akqueue::ui {

void DrawnLine::draw(const Text& words, const Text& end) {
  const std::size_t width = terminal_.width();
  const std::size_t taken = columns_of(end) + 1;
  terminal_.err("\r\x1b[K" + shorten_right(words, width > taken ? width - taken : 0) + end);
  drawn_ = true;
}

void DrawnLine::clear() {
  if (drawn_) terminal_.err("\r\x1b[K");
  drawn_ = false;
}

}  // namespace akqueue::ui
