#include "system/surroundings.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace akqueue {

std::vector<std::string> program_arguments(int argc, char** argv) { return {argv + (argc > 0 ? 1 : 0), argv + argc}; }

std::optional<std::string> environment_variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string user_name() {
  const auto user = environment_variable("USER");
  return user ? *user : environment_variable("LOGNAME").value_or("");
}

std::string host_name() {
  std::array<char, 256> host{};
  return ::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
}

}  // namespace akqueue
