#include "ui/listing.hpp"

#include <algorithm>

#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kGap = 3;
constexpr std::size_t kLeastWidth = 16;

std::string pad(const std::string& cell, std::size_t width, bool right) {
  const std::string space(width - std::min(width, columns_of(cell)), ' ');
  return right ? space + cell : cell + space;
}

}  // namespace

void Listing::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = cell.empty() ? "<none>" : visible(cell);
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Listing::draw(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  std::size_t line_width = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i]));
    widths.push_back(width);
    line_width += width + (i == 0 ? 0 : kGap);
  }
  if (terminal.out_is_terminal()) {
    for (std::size_t i = 0; i < columns_.size() && line_width > terminal.width(); ++i) {
      if (!columns_[i].shorten) continue;
      const std::size_t too_much = std::min(line_width - terminal.width(), widths[i] - std::min(widths[i], kLeastWidth));
      widths[i] -= too_much;
      line_width -= too_much;
    }
  }
  std::string text;
  const auto draw_line = [&](const auto& cell_at) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      line += pad(shorten_left(cell_at(i), widths[i]), widths[i], columns_[i].number);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  draw_line([&](std::size_t i) { return columns_[i].header; });
  for (const auto& row : rows_) draw_line([&](std::size_t i) { return row[i]; });
  return text;
}

}  // namespace akqueue
