// What the program is told by whoever starts it: arguments, environment, user and machine. UTF-8.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace akqueue {

/// The arguments behind the program's own name, from what main() was given.
std::vector<std::string> program_arguments(int argc, char** argv);
/// Nothing where it is not set.
std::optional<std::string> environment_variable(const char* name);
/// Empty where nobody says.
std::string user_name();
std::string host_name();

}  // namespace akqueue
