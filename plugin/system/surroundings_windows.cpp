#include "system/surroundings.hpp"

#include "system/windows.hpp"

// After windows.h.
#include <shellapi.h>

#include <array>

namespace akqueue::system {

/// main()'s are in the machine's code page, which can't express every name.
std::vector<std::string> program_arguments(int, char**) {
  int count = 0;
  wchar_t** const words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 1; i < count; ++i) arguments.push_back(utf8(words[i]));
  ::LocalFree(words);
  return arguments;
}

std::optional<std::string> environment_variable(const char* name) {
  const std::wstring asked = wide(name);
  for (std::wstring value(256, L'\0');;) {
    ::SetLastError(ERROR_SUCCESS);
    const DWORD size = ::GetEnvironmentVariableW(asked.c_str(), value.data(), static_cast<DWORD>(value.size()));
    if (size == 0 && ::GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
    if (size < value.size()) return utf8(std::wstring_view(value).substr(0, size));
    value.resize(size);
  }
}

/// Not needed here: streams have handles of their own.
void hold_standard_streams() {}

std::string user_name() { return environment_variable("USERNAME").value_or(""); }

std::string host_name() {
  std::array<wchar_t, 256> host{};
  DWORD size = host.size();
  return ::GetComputerNameExW(ComputerNameDnsHostname, host.data(), &size) != 0 ? utf8({host.data(), size}) : "";
}

std::string home_folder() { return environment_variable("USERPROFILE").value_or(""); }

long process_number() { return static_cast<long>(::GetCurrentProcessId()); }

}  // namespace akqueue::system
