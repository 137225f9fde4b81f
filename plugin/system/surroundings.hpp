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
/// For the beginning of main(): a standard stream that was closed (`>&-`) is held, so that no file or pipe which is
/// opened later gets its number and what is printed with it. Reading and writing it fails as before.
void hold_standard_streams();
/// Empty where nobody says.
std::string user_name();
std::string host_name();
/// The user's own folder; empty where no variable says.
std::string home_folder();
/// Of this process, as long as it runs.
long process_number();

}  // namespace akqueue
