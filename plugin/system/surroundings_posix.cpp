#include "system/surroundings.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace akqueue::system {

std::vector<std::string> program_arguments(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

std::optional<std::string> environment_variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void hold_standard_streams() {
  // Opened for the wrong direction, so that writing to a closed standard output fails.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest free number is this one.
    const int opened = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    static_cast<void>(opened);
  }
}

std::string user_name() {
  for (const char* name : {"USER", "LOGNAME"}) {
    if (const auto user = environment_variable(name)) return *user;
  }
  const passwd* const known = ::getpwuid(::geteuid());
  return known == nullptr ? std::string() : known->pw_name;
}

std::string host_name() {
  std::array<char, 256> host{};
  return ::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
}

std::string home_folder() { return environment_variable("HOME").value_or(""); }

long process_number() { return ::getpid(); }

}  // namespace akqueue::system
