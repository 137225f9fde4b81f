#include "system/private_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/surroundings.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail() { throw FileFailure(std::strerror(errno), errno == ENOSPC || errno == EDQUOT); }

struct stat look_at(const fs::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) fail();
  return found;
}

}  // namespace

const std::string_view kStateVariables = "neither XDG_STATE_HOME nor HOME";

fs::path usual_state_folder() {
  if (const fs::path state = path_of(environment_variable("XDG_STATE_HOME").value_or("")); state.is_absolute()) return state;
  const fs::path home = path_of(environment_variable("HOME").value_or(""));
  return home.empty() ? home : home / ".local" / "state";
}

void make_private_folder(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail();
}

void check_private_folder(const fs::path& path) {
  const struct stat found = look_at(path);
  const std::string name = text_of(path);
  if (!S_ISDIR(found.st_mode)) throw Error(ErrorCode::refused, name + " is no directory");
  if (found.st_uid != ::geteuid()) throw Error(ErrorCode::refused, name + " belongs to another user", "set XDG_STATE_HOME to a directory of your own");
  if ((found.st_mode & 0077) != 0) throw Error(ErrorCode::refused, "others may look into " + name, "chmod 700 " + name);
  if (::access(path.c_str(), W_OK | X_OK) != 0) fail();
}

void check_own_file(const fs::path& path) {
  const struct stat found = look_at(path);
  const std::string name = text_of(path);
  if (!S_ISREG(found.st_mode)) throw Error(ErrorCode::refused, name + " is no file");
  const bool mine = found.st_uid == ::geteuid() || found.st_uid == 0;
  if (!mine || (found.st_mode & 0022) != 0) throw Error(ErrorCode::refused, "others could have written " + name, "look at it; then make it yours, and chmod 600 it");
}

bool can_write_into(const fs::path& folder) { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

void sync_folder(const fs::path& folder) noexcept {
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

}  // namespace akqueue
