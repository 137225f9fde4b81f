#include "ui/listing.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "ui/cell_order.hpp"
#include "ui/csv.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {
namespace {

/// To which a column is shortened before others are left out, and afterwards.
constexpr std::size_t kLeastWidth = 16;
constexpr std::size_t kLeastOfAll = 8;

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

std::size_t Listing::Widths::line() const {
  std::size_t width = 0;
  for (const std::size_t column : columns) {
    if (column == kLeftOut) continue;
    width += (width == 0 ? 0 : gap) + column;
  }
  return width;
}

Listing::Widths Listing::whole_widths() const {
  Widths widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i]));
    widths.columns.push_back(width);
  }
  return widths;
}

Listing::Widths Listing::widths(const Terminal& terminal) const { return fitted(whole_widths(), terminal); }

void Listing::shorten_to(std::size_t least, std::size_t room, Widths& widths) const {
  while (widths.line() > room) {
    // The widest gives way.
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::size_t& width = widths.columns[i];
      const bool possible =
          columns_[i].shorten && width != Widths::kLeftOut && width > std::max(least, columns_of(columns_[i].header));
      if (possible && (widest == nullptr || width > *widest)) widest = &width;
    }
    if (widest == nullptr) return;
    --*widest;
  }
}

Listing::Widths Listing::fitted(Widths wanted, const Terminal& terminal) const {
  if (!terminal.out_is_terminal()) return wanted;
  const std::size_t room = terminal.width();
  Widths widths = wanted;
  for (const std::size_t gap : {2U, 1U}) {
    if (widths.line() <= room) break;
    widths = wanted;
    widths.gap = gap;
    shorten_to(kLeastWidth, room, widths);
    for (std::size_t i = columns_.size(); i-- > 0 && widths.line() > room;) {
      if (columns_[i].spare) widths.columns[i] = Widths::kLeftOut;
    }
    shorten_to(kLeastOfAll, room, widths);
  }
  return widths;
}

template <class CellAt>
Text Listing::draw_line(const Widths& widths, const CellAt& cell_at) const {
  Text line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t width = widths.columns[i];
    if (width == Widths::kLeftOut) continue;
    if (!line.empty()) line += Text::blanks(widths.gap);
    const Text& whole = cell_at(i);
    const bool shorten = columns_[i].shorten && columns_of(whole) > width;
    const Text cell = !shorten ? whole : columns_[i].prose ? shorten_right(whole, width) : shorten_left(whole, width);
    line += columns_[i].number ? flush_right(cell, width) : padded(cell, width);
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
