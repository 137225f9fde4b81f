// What the program gets when it is started: arguments, environment, user and machine. UTF-8.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace akqueue::system {

/// The arguments after the program's own name, from those of main().
std::vector<std::string> program_arguments(int argc, char** argv);
/// Nothing if it is not set.
std::optional<std::string> environment_variable(const char* name);
/// For the beginning of main(): occupies a standard stream that was closed (`>&-`), so that no file or pipe opened
/// later gets its number, and with it what is printed. Reading and writing it still fail.
void hold_standard_streams();
/// Empty if not known.
std::string user_name();
std::string host_name();
/// `jo@laptop`; `somebody@laptop` where the user is not known.
inline std::string user_at_host() {
  const std::string user = user_name();
  return (user.empty() ? "somebody" : user) + "@" + host_name();
}
/// The user's own folder; empty if no variable says.
std::string home_folder();
/// The number of this process.
long process_number();

}  // namespace akqueue::system
