// The table of -o custom-columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "ui/json_path.hpp"
#include "ui/table_style.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {

/// `ID:.id,STATE:.state`: a header and a path for each column.
class CustomColumns {
 public:
  /// Throws Error (usage) that says which column is wrong, and where.
  explicit CustomColumns(std::string_view text);

  /// A line for each row. Of several values in a cell, all with commas between; `<none>` for nothing.
  /// Throws Error (usage) if the style sorts by another column.
  Text draw(const std::vector<const Json*>& rows, const TableStyle& style) const;

 private:
  struct Column {
    std::string header;
    JsonPath path;
  };
  std::vector<Column> columns_;
};

}  // namespace akqueue::ui
