// The command line after the command's name: which row it means, and what it says.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace akqueue::cli {

struct CommandLine {
  const Command& row;  ///< the command, or the verb that the line names
  Options options;     ///< without the verb among the arguments
};

/// Throws Error (usage) for an unknown verb (suggesting the nearest), an option of another verb (naming those that take
/// it), more arguments than the row takes, and whatever parse_command_line() refuses.
CommandLine read_command_line(const Command& command, const std::vector<std::string>& args);

/// The row of `word`. Throws Error (usage) for an unknown verb, suggesting the nearest or all of them.
const Command& verb_named(const Command& command, const std::string& word);

std::vector<std::string> names_of(std::span<const Command> rows);

}  // namespace akqueue::cli
