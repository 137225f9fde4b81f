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
};

class Listing {
 public:
  explicit Listing(std::vector<ListingColumn> columns) : columns_(std::move(columns)) {}

  /// One cell a column; an empty one is shown as `<none>`.
  void add(std::vector<Text> cells);
  bool empty() const { return rows_.empty(); }

  /// The lines. On a terminal no line is wider than it, as far as shortening helps.
  Text draw(const Terminal& terminal) const;

  /// The same in parts, for rows that stream: widths from the rows so far, the header, the rows since the last clear().
  using Widths = std::vector<std::size_t>;
  Widths widths(const Terminal& terminal) const;
  Text draw_header(const Widths& widths) const;
  Text draw_rows(const Widths& widths) const;
  std::size_t size() const { return rows_.size(); }
  void clear() { rows_.clear(); }

 private:
  template <class CellAt>
  Text draw_line(const Widths& widths, const CellAt& cell_at) const;

  std::vector<ListingColumn> columns_;
  std::vector<std::vector<Text>> rows_;
};

}  // namespace akqueue::ui
