// Help and reference, made from the command table.
#pragma once

#include "cli/command.hpp"

namespace akqueue::cli {

/// The list of commands by group, with the usage.
ui::Text help_of_all();

/// Usage, description, options and examples of one command.
ui::Text help_of(const Command& command);

/// Every command as one Markdown page: docs/commands.md.
ui::Text reference_page();

}  // namespace akqueue::cli
