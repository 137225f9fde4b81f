#include "commands/completer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "akqueue/error.hpp"
#include "cli/completion.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlugin = "kubectl-akqueue";
#ifdef _WIN32
constexpr char kListSeparator = ';';
constexpr const char* kEnding = ".exe";
constexpr bool kLinks = false;
#else
constexpr char kListSeparator = ':';
constexpr const char* kEnding = "";
constexpr bool kLinks = true;
#endif

fs::path variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? fs::path() : fs::path(value);
}

bool is_program(const fs::path& file) {
  std::error_code failure;
  const fs::file_status status = fs::status(file, failure);
  return fs::is_regular_file(status) && (status.permissions() & (fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec)) != fs::perms::none;
}

bool can_be_written(const fs::path& directory) { return ::access(directory.string().c_str(), W_OK | X_OK) == 0; }

std::string bytes_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// Every release of the plugin has the agent in it, and with it the agent's greeting.
bool is_a_copy_of_ours(const fs::path& file) { return bytes_of(file).find("\nakqueue-agent ") != std::string::npos; }

bool is_under(const fs::path& directory, const fs::path& home) {
  if (home.empty()) return false;
  const auto [end, rest] = std::mismatch(home.begin(), home.end(), directory.begin(), directory.end());
  return end == home.end();
}

Error failed(const std::string& doing, const fs::path& file, const std::error_code& failure) {
  return Error(ErrorCode::system, "can't " + doing + " " + file.string() + ": " + failure.message(), "--dir names another directory");
}

}  // namespace

std::vector<fs::path> directories_of(const std::string& path) {
  std::vector<fs::path> directories;
  std::istringstream entries(path);
  for (std::string entry; std::getline(entries, entry, kListSeparator);) {
    fs::path directory = fs::absolute(entry.empty() ? "." : entry).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    if (std::ranges::find(directories, directory) == directories.end()) directories.push_back(directory);
  }
  return directories;
}

fs::path find_in(const std::vector<fs::path>& directories, const std::string& name) {
  const auto found = std::ranges::find_if(directories, [&](const fs::path& directory) { return is_program(directory / (name + kEnding)); });
  return found == directories.end() ? fs::path() : *found / (name + kEnding);
}

Completer::Completer(const fs::path& directory, fs::path plugin) : plugin_(std::move(plugin)), file_(directory / (std::string(kCompleter) + kEnding)) {}

Standing Completer::standing() const {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(file_, failure);
  if (!fs::exists(status)) return Standing::absent;
  if (fs::is_symlink(status)) {
    const fs::path target = fs::read_symlink(file_, failure);
    if (target.stem() != kPlugin) return Standing::foreign;
    return (file_.parent_path() / target).lexically_normal() == plugin_ ? Standing::current : Standing::outdated;
  }
  if (!fs::is_regular_file(status) || !is_a_copy_of_ours(file_)) return Standing::foreign;
  return !kLinks && bytes_of(file_) == bytes_of(plugin_) ? Standing::current : Standing::outdated;
}

void Completer::refuse_foreign() const {
  if (standing() != Standing::foreign) return;
  throw Error(ErrorCode::refused, file_.string() + " is not of this plugin: it is left as it is", "look at it, and move it away if it is not needed");
}

void Completer::install() const {
  refuse_foreign();
  const fs::path beside = file_.string() + ".new";
  std::error_code failure;
  fs::remove(beside, failure);
  if constexpr (kLinks) {
    fs::create_symlink(plugin_.parent_path() == file_.parent_path() ? plugin_.filename() : plugin_, beside, failure);
  } else {
    fs::copy_file(plugin_, beside, failure);
  }
  if (!failure) fs::rename(beside, file_, failure);
  if (!failure) return;
  std::error_code ignored;
  fs::remove(beside, ignored);
  throw failed("write", file_, failure);
}

void Completer::remove() const {
  refuse_foreign();
  std::error_code failure;
  fs::remove(file_, failure);
  if (failure) throw failed("delete", file_, failure);
}

fs::path usual_directory(const std::vector<fs::path>& on_path, const fs::path& plugin) {
  const fs::path home = variable("HOME");
  const fs::path krew = variable("KREW_ROOT").empty() ? home / ".krew" : variable("KREW_ROOT");
  std::vector<fs::path> wanted{plugin.parent_path(), krew / "bin", home / ".local" / "bin", home / "bin"};
  std::ranges::copy_if(on_path, std::back_inserter(wanted), [&](const fs::path& directory) { return is_under(directory, home); });
  const auto found = std::ranges::find_if(wanted, [&](const fs::path& directory) {
    return std::ranges::find(on_path, directory.lexically_normal()) != on_path.end() && can_be_written(directory);
  });
  return found == wanted.end() ? fs::path() : *found;
}

}  // namespace akqueue
