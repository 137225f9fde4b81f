// Help and reference, made from the command table.
#pragma once

#include "cli/command.hpp"

namespace akqueue::cli {

/// The list of commands by group, with the usage.
ui::Text help_of_all();

/// Everything about one command: usage, description, examples, every option.
ui::Text help_of(const Command& command);

/// The same on a page of a terminal: no more of the description than fits, its own options, and of those that many
/// commands have alike the names, which help_of_options() explains.
ui::Text page_of(const Command& command);

/// The options that every command has, those that many have, the exit statuses.
ui::Text help_of_options();

/// Every command as one Markdown page: docs/commands.md.
ui::Text reference_page();

}  // namespace akqueue::cli
