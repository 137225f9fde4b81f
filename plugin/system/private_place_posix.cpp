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

namespace akqueue::system {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at_place() { throw FileFailure(std::strerror(errno), errno == ENOSPC || errno == EDQUOT); }

struct stat look_at(const fs::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) fail_at_place();
  return found;
}

/// A volume that is mounted into a container is often open to everybody; nobody else is in the container.
bool is_volume(const fs::path& folder, const struct stat& found) {
  struct stat above{};
  return found.st_uid == 0 && ::stat(folder.parent_path().c_str(), &above) == 0 && above.st_dev != found.st_dev;
}

/// The owner of the root directory can do anything; in a user namespace that may be somebody other than root.
bool is_trusted(uid_t owner) {
  struct stat root{};
  return owner == ::geteuid() || owner == 0 || (::stat("/", &root) == 0 && owner == root.st_uid);
}

/// If each user has a group of their own, it has the user's number, and their folders are often open to it.
bool only_own_group_writes(const struct stat& found) {
  return (found.st_mode & 0002) == 0 && found.st_gid == ::getegid() && found.st_gid == ::geteuid();
}

/// A folder above a private one.
void check_trusted(const fs::path& folder, const struct stat& found) {
  const std::string name = text_of(folder);
  constexpr const char* kElsewhere = "or set XDG_STATE_HOME to a directory that only you can change";
  if (!is_trusted(found.st_uid)) {
    throw Error(ErrorCode::refused, name + " belongs to another user, who could replace the directory in it",
                "set XDG_STATE_HOME to a directory that only you can change");
  }
  if ((found.st_mode & 0022) == 0 || (found.st_mode & S_ISVTX) != 0 || only_own_group_writes(found) ||
      is_volume(folder, found))
    return;
  throw Error(ErrorCode::refused, "others can write into " + name + ", and could replace the directory in it",
              "chmod go-w " + name + ", " + kElsewhere);
}

}  // namespace

const std::string_view kStateVariables = "neither XDG_STATE_HOME nor HOME";

fs::path usual_state_folder() {
  if (const fs::path state = path_of(environment_variable("XDG_STATE_HOME").value_or("")); state.is_absolute())
    return state;
  const fs::path home = path_of(environment_variable("HOME").value_or(""));
  return home.empty() ? home : home / ".local" / "state";
}

const std::string_view kConfigVariables = "neither XDG_CONFIG_HOME nor HOME";

fs::path usual_config_folder() {
  if (const fs::path config = path_of(environment_variable("XDG_CONFIG_HOME").value_or("")); config.is_absolute())
    return config;
  const fs::path home = path_of(environment_variable("HOME").value_or(""));
  return home.empty() ? home : home / ".config";
}

void make_private_folder(const fs::path& path) {
  const fs::path above = path.parent_path();
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;
    if (errno != ENOENT || above.empty() || above == path) fail_at_place();
    make_private_folder(above);
    if (::mkdir(path.c_str(), 0700) != 0) {
      if (errno == EEXIST) return;  // somebody else was as quick
      fail_at_place();
    }
  }
  // The umask may have taken away what the owner needs.
  if (::chmod(path.c_str(), 0700) != 0) fail_at_place();
  if (!sync_folder(above.empty() ? fs::path(".") : above))
    throw FileFailure("its name can't be written to the disk", false);
}

void check_private_folder(const fs::path& path) {
  const struct stat found = look_at(path);
  const std::string name = text_of(path);
  if (!S_ISDIR(found.st_mode)) throw Error(ErrorCode::refused, name + " is not a directory");
  if (found.st_uid != ::geteuid())
    throw Error(ErrorCode::refused, name + " belongs to another user", "set XDG_STATE_HOME to a directory of your own");
  if ((found.st_mode & 0077) != 0) throw Error(ErrorCode::refused, "others can look into " + name, "chmod 700 " + name);
  if (::access(path.c_str(), W_OK | X_OK) != 0) fail_at_place();
}

void check_own_file(const fs::path& path) { File::read(path).check_own(text_of(path)); }

void check_folders_above(const fs::path& path) {
  std::error_code failure;
  fs::path folder = fs::weakly_canonical(fs::absolute(path), failure);
  if (failure) throw FileFailure(failure.message(), false);
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    struct stat found{};
    if (::stat(folder.c_str(), &found) == 0) {
      check_trusted(folder, found);
    } else if (errno != ENOENT) {
      fail_at_place();
    }
  }
}

bool can_write_into(const fs::path& folder) { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

// Not possible for a folder that we may write into but not read, nor on some file systems.
bool sync_folder(const fs::path& folder) noexcept {
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return true;
  const bool failed = ::fsync(directory) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT);
  ::close(directory);
  return !failed;
}

}  // namespace akqueue::system
