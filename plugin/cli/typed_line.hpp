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

/// The command first, behind it what stood before it: `-n sso status -v` becomes `status -n sso -v`. Unchanged where
/// there is no command.
std::vector<std::string> command_first(std::vector<std::string> words);

}  // namespace akqueue::cli
