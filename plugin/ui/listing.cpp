#include "ui/listing.hpp"

#include <algorithm>

#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

constexpr std::size_t kColumnGap = 3;
constexpr std::size_t kLeastWidth = 16;

}  // namespace

void Listing::add(std::vector<Text> cells) {
  for (Text& cell : cells) {
    if (cell.empty()) cell = "<none>";
  }
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

Listing::Widths Listing::widths(const Terminal& terminal) const {
  Widths widths;
  std::size_t line_width = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i]));
    widths.push_back(width);
    line_width += width + (i == 0 ? 0 : kColumnGap);
  }
  if (!terminal.out_is_terminal()) return widths;
  for (std::size_t i = 0; i < columns_.size() && line_width > terminal.width(); ++i) {
    if (!columns_[i].shorten) continue;
    const std::size_t too_much = std::min(line_width - terminal.width(), widths[i] - std::min(widths[i], kLeastWidth));
    widths[i] -= too_much;
    line_width -= too_much;
  }
  return widths;
}

template <class CellAt>
Text Listing::draw_line(const Widths& widths, const CellAt& cell_at) const {
  Text line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line += Text::blanks(kColumnGap);
    const Text& whole = cell_at(i);
    const Text cell = columns_[i].shorten ? shorten_left(whole, widths[i]) : whole;
    line += columns_[i].number ? flush_right(cell, widths[i]) : padded(cell, widths[i]);
  }
  return without_blanks_behind(line) + "\n";
}

Text Listing::draw_header(const Widths& widths) const {
  return draw_line(widths, [&](std::size_t i) -> const Text& { return columns_[i].header; });
}

Text Listing::draw_rows(const Widths& widths) const {
  Text text;
  for (const auto& row : rows_) text += draw_line(widths, [&](std::size_t i) -> const Text& { return row[i]; });
  return text;
}

Text Listing::draw(const Terminal& terminal) const {
  const Widths fitting = widths(terminal);
  return draw_header(fitting) + draw_rows(fitting);
}

}  // namespace akqueue::ui
