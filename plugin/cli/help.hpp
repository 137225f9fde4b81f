// Help and reference, made from the command table.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace akqueue {

/// The list of commands by group, with the usage.
std::string help_of_all();

/// Usage, description, options and examples of one command.
std::string help_of(const Command& command);

/// Every command as one Markdown page: docs/commands.md.
std::string reference_page();

}  // namespace akqueue
