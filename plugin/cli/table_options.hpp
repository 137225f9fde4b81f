// The options of commands that print a table.
#pragma once

#include <span>

#include "akqueue/command_line.hpp"
#include "ui/table_style.hpp"

namespace akqueue::cli {

/// --no-headers and --sort-by.
std::span<const Option> table_options();

/// What they and -o say of how tables are drawn.
/// Throws Error (usage) where they stand beside an output that is not a table.
ui::TableStyle table_style_of(const Options& options);

}  // namespace akqueue::cli
