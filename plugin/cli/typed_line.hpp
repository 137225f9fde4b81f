// A line as people type it, with kubectl's habits, in the form that the table of commands reads.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace akqueue::cli {

/// What any command accepts, with any value. An option takes a value in all commands or in none, so that a line can be
/// read before its command is known.
std::vector<Option> options_of_all_commands();

/// Where in `words` the first one is that is neither an option nor an option's value; how many there are for none.
std::size_t first_argument(const std::vector<std::string>& words);

/// The command first and by its own name, behind it what stood before it: `-n sso ls -v` becomes `list -n sso -v`.
/// Behind a short name the word for what its arguments are is left out: `get tasks`, `rm task 1111`. Unchanged where
/// there is no command.
std::vector<std::string> command_first(std::vector<std::string> words);

}  // namespace akqueue::cli
