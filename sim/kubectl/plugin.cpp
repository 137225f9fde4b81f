#include "kubectl/plugin.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace akqueue::sim {
namespace fs = std::filesystem;

std::string own_path() {
  std::error_code failure;
  const fs::path path = fs::canonical(boost::dll::program_location(failure), failure);
  return failure ? std::string() : path.string();
}

void become_plugin(const std::string& name, const std::vector<std::string>& args, const std::string& world) {
  std::string program = "kubectl-" + name;
  std::replace(program.begin() + 8, program.end(), '-', '_');
  std::vector<fs::path> folders{fs::path(own_path()).parent_path()};
  const char* path = std::getenv("PATH");
  std::istringstream entries(path == nullptr ? "" : path);
  for (std::string entry; std::getline(entries, entry, ':');) folders.emplace_back(entry.empty() ? "." : entry);
  std::error_code failure;
  ::setenv("AKQUEUE_SIM", fs::absolute(world, failure).c_str(), 1);
  for (const fs::path& folder : folders) {
    const std::string file = (folder / program).string();
    if (::access(file.c_str(), X_OK) != 0) continue;
    std::vector<std::string> copies{file};
    copies.insert(copies.end(), args.begin(), args.end());
    std::vector<char*> argv;
    for (std::string& one : copies) argv.push_back(one.data());
    argv.push_back(nullptr);
    ::execv(file.c_str(), argv.data());
  }
}

}  // namespace akqueue::sim
