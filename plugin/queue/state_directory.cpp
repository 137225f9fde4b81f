#include "queue/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  throw Error(ErrorCode::system, "can't " + what + " " + path.string() + ": " + std::strerror(errno),
              full ? "make room on its disk, then run the command again" : "XDG_STATE_HOME names another place; --no-backup does without");
}

void make_directory(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("make", path);
}

/// Backups hold what tasks hold; and what is restored from here goes into a database.
void check_ownership(const fs::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) fail("look at", path);
  if (!S_ISDIR(found.st_mode)) throw Error(ErrorCode::refused, path.string() + " is no directory");
  if (found.st_uid != ::geteuid()) throw Error(ErrorCode::refused, path.string() + " belongs to another user", "set XDG_STATE_HOME to a directory of your own");
  if ((found.st_mode & 0077) != 0) {
    throw Error(ErrorCode::refused, "others may look into " + path.string(), "chmod 700 " + path.string());
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) fail("write into", path);
}

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags) : file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~OpenFile() {
    if (file >= 0) ::close(file);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int file;
};

}  // namespace

fs::path StateDirectory::usual_root() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? fs::path() : fs::path(value);
  };
  if (const fs::path state = variable("XDG_STATE_HOME"); state.is_absolute()) return state / "akqueue";
  const fs::path home = variable("HOME");
  return home.empty() ? home : home / ".local" / "state" / "akqueue";
}

void StateDirectory::prepare() const {
  if (root_.empty()) throw Error(ErrorCode::system, "neither XDG_STATE_HOME nor HOME says where to keep backups", "set one of them, or --no-backup to do without");
  for (const fs::path& path : {root_, backups()}) {
    make_directory(path);
    check_ownership(path);
  }
}

void StateDirectory::append_history(const std::string& line) const {
  const OpenFile open(history(), O_WRONLY | O_CREAT | O_APPEND);
  if (open.file < 0) fail("write", history());
  if (::flock(open.file, LOCK_EX) != 0) fail("lock", history());
  // A line that a killed process left half is ended first.
  const off_t end = ::lseek(open.file, 0, SEEK_END);
  std::string text = line + "\n";
  const OpenFile reading(history(), O_RDONLY);
  char last = '\n';
  if (end > 0 && ::pread(reading.file, &last, 1, end - 1) == 1 && last != '\n') text.insert(0, "\n");
  const ssize_t written = ::write(open.file, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size()) && ::fsync(open.file) == 0) return;
  // A part of it was taken: the disk has no room for the rest. What can't be taken back is ended by the next line.
  const int reason = written >= 0 && written < static_cast<ssize_t>(text.size()) ? ENOSPC : errno;
  [[maybe_unused]] const int taken_back = ::ftruncate(open.file, end);
  errno = reason;
  fail("write", history());
}

std::vector<std::string> StateDirectory::read_history() const {
  std::vector<std::string> lines;
  std::ifstream file(history());
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void StateDirectory::replace(const fs::path& file, const std::string& text) const {
  const fs::path beside = file.string() + "." + std::to_string(::getpid());
  {
    const OpenFile open(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (open.file < 0) fail("write", beside);
    if (::write(open.file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      ::unlink(beside.c_str());
      fail("write", beside);
    }
  }
  std::error_code failure;
  fs::rename(beside, file, failure);
  if (!failure) return;
  ::unlink(beside.c_str());
  throw Error(ErrorCode::system, "can't write " + file.string() + ": " + failure.message());
}

void StateDirectory::check_readable(const fs::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) throw Error(ErrorCode::system, "can't read " + file.string() + ": " + std::strerror(errno));
  if (!S_ISREG(found.st_mode)) throw Error(ErrorCode::refused, file.string() + " is no file");
  const bool mine = found.st_uid == ::geteuid() || found.st_uid == 0;
  if (!mine || (found.st_mode & 0022) != 0) {
    throw Error(ErrorCode::refused, "others could have written " + file.string(), "look at it; then make it yours, and chmod 600 it");
  }
}

std::int64_t StateDirectory::free_bytes(const fs::path& path) {
  struct statvfs found{};
  if (::statvfs(path.c_str(), &found) != 0) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(found.f_bavail) * static_cast<std::int64_t>(found.f_frsize);
}

}  // namespace akqueue
