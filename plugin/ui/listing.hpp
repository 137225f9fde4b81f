// A table as kubectl draws one: upper-case headers, columns three spaces apart, nothing around it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/terminal.hpp"

namespace akqueue::ui {

struct ListingColumn {
  Text header;
  bool number = false;   ///< aligned to the right
  bool shorten = false;  ///< may be cut from the left where a terminal is too narrow
  bool spare = false;    ///< may be left out there
  bool prose = false;    ///< is cut from the right instead
};

class Listing {
 public:
  explicit Listing(std::vector<ListingColumn> columns) : columns_(std::move(columns)) {}

  /// One cell a column; an empty one is shown as `<none>`.
  void add(std::vector<Text> cells);
  bool empty() const { return rows_.empty(); }

  /// The lines, as the terminal's style says. On a terminal no line is wider than it, as far as shortening helps.
  /// Throws Error (usage) where there is no such column to sort by.
  Text draw(const Terminal& terminal) const;
  /// Beside a command's own table, which the style's column is one of.
  Text draw_aside(const Terminal& terminal) const;
  /// Whatever the terminal's width.
  Text draw_whole(const TableStyle& style) const;

  /// By the column of that name. Throws as draw() does.
  void sort_by(std::string_view header);
  /// As comma-separated values.
  Text csv_header() const;
  Text csv_rows() const;

  /// The same in parts, for rows that stream: widths from the rows so far, the header, the rows since the last clear().
  struct Widths {
    static constexpr std::size_t kLeftOut = static_cast<std::size_t>(-1);
    std::vector<std::size_t> columns = {};
    std::size_t gap = 3;

    std::size_t line() const;
  };
  /// `wanted` as far as a terminal has room: columns nearer to each other, some shorter, some left out.
  Widths fitted(Widths wanted, const Terminal& terminal) const;
  Widths widths(const Terminal& terminal) const;
  Widths whole_widths() const;
  Text draw_header(const Widths& widths) const;
  Text draw_rows(const Widths& widths) const;
  std::size_t size() const { return rows_.size(); }
  void clear() { rows_.clear(); }

 private:
  void shorten_to(std::size_t least, std::size_t room, Widths& widths) const;
  Text draw_styled(const TableStyle& style, const Terminal* terminal) const;
  template <class CellAt>
  Text draw_line(const Widths& widths, const CellAt& cell_at) const;

  std::vector<ListingColumn> columns_;
  std::vector<std::vector<Text>> rows_;
};

}  // namespace akqueue::ui
