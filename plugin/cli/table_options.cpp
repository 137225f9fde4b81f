#include "cli/table_options.hpp"

#include <algorithm>
#include <array>

#include "akqueue/error.hpp"

namespace akqueue::cli {
namespace {

constexpr std::array kTableOptions{
    Option{.name = "no-headers", .help = "print no header above the table", .common = true},
    Option{.name = "sort-by",
           .argument = "COLUMN",
           .help = "sort the table by the column with this header, numbers and times by their value",
           .common = true},
};

bool is_table(const std::string& output) {
  constexpr std::array<std::string_view, 3> kTables{"table", "wide", "csv"};
  return std::ranges::find(kTables, output) != kTables.end() || output.starts_with("custom-columns=");
}

}  // namespace

std::span<const Option> table_options() { return kTableOptions; }

ui::TableStyle table_style_of(const Options& options) {
  const std::string output = options.text("output", "table");
  for (const Option& option : kTableOptions) {
    if (!options.has(option.name) || is_table(output)) continue;
    throw Error(ErrorCode::usage,
                "--" + std::string(option.name) + " is for tables, not for -o " + output.substr(0, output.find('=')),
                "leave one of the two out");
  }
  if (options.has("sort-by") && options.text("sort-by").empty())
    throw Error(ErrorCode::usage, "--sort-by has an empty value", "give it the header of a column");
  return {.headers = !options.has("no-headers"), .csv = output == "csv", .sort_by = options.text("sort-by")};
}

}  // namespace akqueue::cli
