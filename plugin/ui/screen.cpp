#include "ui/screen.hpp"

#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

// Terminals that know these show what comes between them at once; the others pass over them.
constexpr char kBegin[] = "\x1b[?2026h";
constexpr char kEnd[] = "\x1b[?2026l";

Text at_line(std::size_t row) { return format_text("\x1b[{};1H", row + 1); }

}  // namespace

Text Screen::draw_line(const ScreenLine& line, std::size_t width) const {
  const Text text = shorten_right(line.text, width);
  switch (line.look) {
    case ScreenLine::Look::plain: return text;
    case ScreenLine::Look::strong: return "\x1b[1m" + text + "\x1b[0m";
    case ScreenLine::Look::faint: return "\x1b[2m" + text + "\x1b[0m";
    case ScreenLine::Look::warning: return (colours_ ? Text("\x1b[1;33m") : Text("\x1b[1m")) + text + "\x1b[0m";
    case ScreenLine::Look::inverse: return "\x1b[7m" + padded(text, width) + "\x1b[0m";
  }
  return text;
}

void Screen::draw(const Frame& frame) {
  const TerminalSize size = screen_.size();
  const bool anew = screen_.disturbed() || size != drawn_size_;
  Text text;
  if (anew) text += "\x1b[H\x1b[2J";
  for (std::size_t row = 0; row < size.rows; ++row) {
    const ScreenLine line = row < frame.size() ? frame[row] : ScreenLine();
    const bool known = !anew && row < drawn_.size() ? drawn_[row] == line : anew && line == ScreenLine();
    if (known) continue;
    text += at_line(row) + draw_line(line, size.columns);
    // Behind a line of the whole width the cursor still stands on its last column, which this would erase.
    const bool full = columns_of(line.text) >= size.columns || line.look == ScreenLine::Look::inverse;
    if (!full) text += "\x1b[K";
  }
  drawn_ = frame;
  drawn_.resize(size.rows);
  drawn_size_ = size;
  if (!text.empty()) screen_.write(kBegin + text + kEnd);
}

}  // namespace akqueue::ui
