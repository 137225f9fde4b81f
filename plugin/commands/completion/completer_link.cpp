#include "commands/completion/completer_link.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "akqueue/error.hpp"
#include "cli/completion.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/programs.hpp"
#include "system/surroundings.hpp"

namespace akqueue::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlugin = "kubectl-akqueue";

fs::path variable(const char* name) { return system::path_of(system::environment_variable(name).value_or("")); }

fs::path program_named(std::string_view name) {
  return system::path_of(std::string(name) + std::string(system::kProgramEnding));
}

bool is_program(const fs::path& file) {
  std::error_code failure;
  const fs::file_status status = fs::status(file, failure);
  return fs::is_regular_file(status) && (status.permissions() & (fs::perms::owner_exec | fs::perms::group_exec |
                                                                 fs::perms::others_exec)) != fs::perms::none;
}

std::string bytes_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// Every release of the plugin has the agent in it, and with it the agent's greeting.
bool is_a_copy_of_ours(const fs::path& file) { return bytes_of(file).find("\nakqueue-agent ") != std::string::npos; }

bool is_under(const fs::path& directory, const fs::path& home) {
  if (home.empty()) return false;
  const auto [end, rest] = std::ranges::mismatch(home, directory);
  return end == home.end();
}

Error failed(const std::string& doing, const fs::path& file, const std::error_code& failure) {
  return Error(ErrorCode::system, "can't " + doing + " " + system::text_of(file) + ": " + failure.message(),
               "--dir names another directory");
}

}  // namespace

std::vector<fs::path> directories_of(const std::string& path) {
  std::vector<fs::path> directories;
  std::istringstream entries(path);
  for (std::string entry; std::getline(entries, entry, system::kListSeparator);) {
    fs::path directory = fs::absolute(system::path_of(entry.empty() ? "." : entry)).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    if (std::ranges::find(directories, directory) == directories.end()) directories.push_back(directory);
  }
  return directories;
}

fs::path find_in(const std::vector<fs::path>& directories, const std::string& name) {
  const auto found = std::ranges::find_if(
      directories, [&](const fs::path& directory) { return is_program(directory / program_named(name)); });
  return found == directories.end() ? fs::path() : *found / program_named(name);
}

Completer::Completer(const fs::path& directory, fs::path plugin)
    : plugin_(std::move(plugin)), file_(directory / program_named(cli::kCompleter)) {}

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
  return !system::kLinksPrograms && bytes_of(file_) == bytes_of(plugin_) ? Standing::current : Standing::outdated;
}

void Completer::refuse_foreign() const {
  if (standing() != Standing::foreign) return;
  throw Error(ErrorCode::refused, system::text_of(file_) + " does not belong to this plugin: it is left as it is",
              "look at it, and move it away if it is not needed");
}

void Completer::install() const {
  refuse_foreign();
  fs::path beside = file_;
  beside += ".new";
  std::error_code failure;
  fs::remove(beside, failure);
  if (system::kLinksPrograms) {
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
  const fs::path home = system::path_of(system::home_folder());
  const fs::path krew = variable("KREW_ROOT").empty() ? home / ".krew" : variable("KREW_ROOT");
  std::vector<fs::path> wanted{plugin.parent_path(), krew / "bin", home / ".local" / "bin", home / "bin"};
  std::ranges::copy_if(on_path, std::back_inserter(wanted),
                       [&](const fs::path& directory) { return is_under(directory, home); });
  const auto found = std::ranges::find_if(wanted, [&](const fs::path& directory) {
    return std::ranges::find(on_path, directory.lexically_normal()) != on_path.end() &&
           system::can_write_into(directory);
  });
  return found == wanted.end() ? fs::path() : *found;
}

}  // namespace akqueue::commands
