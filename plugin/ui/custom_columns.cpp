#include "ui/custom_columns.hpp"

#include "akqueue/error.hpp"
#include "ui/listing.hpp"
#include "ui/path_template.hpp"

namespace akqueue::ui {
namespace {

constexpr char kLike[] = "like -o custom-columns=ID:.id,STATE:.state; the paths are those of -o jsonpath";

/// At the commas that are not in brackets or braces.
std::vector<std::string> split_columns(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char sign : text) {
    if (sign == '[' || sign == '{') ++depth;
    if (sign == ']' || sign == '}') --depth;
    if (sign == ',' && depth <= 0) parts.emplace_back();
    else parts.back() += sign;
  }
  return parts;
}

/// kubectl does without braces and the first point.
JsonPath path_of(const std::string& column, std::string path) {
  if (path.size() > 1 && path.front() == '{' && path.back() == '}') path = path.substr(1, path.size() - 2);
  if (!path.empty() && std::string_view(".[$@").find(path.front()) == std::string_view::npos) path.insert(0, ".");
  try {
    if (path.empty()) throw BrokenPath{"a path is missing", 0};
    return JsonPath::parse(path);
  } catch (const BrokenPath& broken) {
    throw Error(ErrorCode::usage,
                "-o custom-columns: " + broken.what + " in '" + column + "'" +
                    (broken.at == 0 ? "" : ", behind '" + path.substr(0, broken.at) + "'"),
                kLike);
  }
}

}  // namespace

CustomColumns::CustomColumns(std::string_view text) {
  for (const std::string& part : split_columns(text)) {
    const auto colon = part.find(':');
    if (colon == std::string::npos || colon == 0)
      throw Error(ErrorCode::usage, "-o custom-columns: '" + part + "' is not HEADER:PATH", kLike);
    columns_.push_back({part.substr(0, colon), path_of(part, part.substr(colon + 1))});
  }
}

Text CustomColumns::draw(const std::vector<const Json*>& rows, const TableStyle& style) const {
  std::vector<ListingColumn> headers;
  for (const Column& column : columns_) headers.push_back({column.header});
  Listing listing(headers);
  for (const Json* const row : rows) {
    std::vector<Text> cells;
    for (const Column& column : columns_) {
      Text cell;
      for (const Json* const value : column.path.find(*row, *row)) {
        if (!cell.empty()) cell += ",";
        cell += text_of_value(*value);
      }
      cells.push_back(cell);
    }
    listing.add(std::move(cells));
  }
  return listing.draw_whole(style);
}

}  // namespace akqueue::ui
