#include "ui/drawn_line.hpp"

#include "ui/text.hpp"

namespace akqueue {

void DrawnLine::draw(const std::string& words, const std::string& end) {
  const std::size_t width = terminal_.width(), taken = columns_of(end) + 1;
  terminal_.err("\r\x1b[K" + shorten_right(words, width > taken ? width - taken : 0) + end);
  drawn_ = true;
}

void DrawnLine::clear() {
  if (drawn_) terminal_.err("\r\x1b[K");
  drawn_ = false;
}

}  // namespace akqueue
