#include "ui/csv.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace akqueue::ui {
namespace {

/// `12,345,678`
bool is_number_with_separators(std::string_view text) {
  const auto first = text.find(',');
  if (first == std::string_view::npos || first == 0 || first > 3 || (text.size() - first) % 4 != 0) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = i >= first && (i - first) % 4 == 0;
    if (separator ? text[i] != ',' : text[i] < '0' || text[i] > '9') return false;
  }
  return true;
}

Text value_text(const Text& cell) {
  std::string text(cell.view());
  if (text == "<none>") return {};
  if (is_number_with_separators(text)) std::erase(text, ',');
  const bool quoted = text.find_first_of(",\"") != std::string::npos || text.starts_with(' ') || text.ends_with(' ');
  if (!quoted) return text;
  std::string inside;
  for (const char sign : text) inside += sign == '"' ? "\"\"" : std::string(1, sign);
  return "\"" + Text(inside) + "\"";
}

}  // namespace

Text csv_line(const std::vector<Text>& cells) {
  Text line;
  bool first = true;
  for (const Text& cell : cells) {
    if (!first) line += ",";
    first = false;
    line += value_text(cell);
  }
  return line + "\n";
}

}  // namespace akqueue::ui
