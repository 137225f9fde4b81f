#include "ui/listing.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "ui/cell_order.hpp"
#include "ui/csv.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

constexpr std::size_t kColumnGap = 3;
constexpr std::size_t kLeastWidth = 16;

bool same_but_for_case(std::string_view one, std::string_view other) {
  const auto lower = [](char sign) { return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + 32) : sign; };
  return std::ranges::equal(one, other, [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

void Listing::add(std::vector<Text> cells) {
  for (Text& cell : cells) {
    if (cell.empty()) cell = "<none>";
  }
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

Listing::Widths Listing::whole_widths() const {
  Widths widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i]));
    widths.push_back(width);
  }
  return widths;
}

Listing::Widths Listing::widths(const Terminal& terminal) const {
  Widths widths = whole_widths();
  std::size_t line_width = kColumnGap * (widths.empty() ? 0 : widths.size() - 1);
  for (const std::size_t width : widths) line_width += width;
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

Text Listing::draw_styled(const TableStyle& style, const Terminal* terminal) const {
  if (!style.sort_by.empty()) {
    Listing sorted = *this;
    sorted.sort_by(style.sort_by);
    return sorted.draw_styled({.headers = style.headers, .csv = style.csv}, terminal);
  }
  if (style.csv) return (style.headers ? csv_header() : Text()) + csv_rows();
  const Widths fitting = terminal == nullptr ? whole_widths() : widths(*terminal);
  return (style.headers ? draw_header(fitting) : Text()) + draw_rows(fitting);
}

Text Listing::draw(const Terminal& terminal) const { return draw_styled(terminal.tables(), &terminal); }
Text Listing::draw_whole(const TableStyle& style) const { return draw_styled(style, nullptr); }
Text Listing::draw_aside(const Terminal& terminal) const {
  return draw_styled({.headers = terminal.tables().headers}, &terminal);
}

void Listing::sort_by(std::string_view header) {
  std::vector<std::string> names;
  for (const ListingColumn& column : columns_) {
    if (same_but_for_case(column.header.view(), header)) {
      const std::size_t at = names.size();
      std::ranges::stable_sort(
          rows_, [&](const auto& one, const auto& other) { return cell_before(one[at].view(), other[at].view()); });
      return;
    }
    names.emplace_back(column.header.view());
  }
  throw Error(ErrorCode::usage, "there is no column '" + std::string(header) + "' to sort by",
              "the columns are " + akqueue::joined(names));
}

Text Listing::csv_header() const {
  std::vector<Text> headers;
  for (const ListingColumn& column : columns_) headers.push_back(column.header);
  return csv_line(headers);
}

Text Listing::csv_rows() const {
  Text lines;
  for (const auto& row : rows_) lines += csv_line(row);
  return lines;
}

}  // namespace akqueue::ui
