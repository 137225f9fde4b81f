#include "system/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "akqueue/error.hpp"

namespace akqueue::system {
namespace {

constexpr std::intptr_t kClosed = -1;
constexpr int kPrivate = O_CLOEXEC | O_NOFOLLOW;

[[noreturn]] void fail() {
  throw FileFailure(std::strerror(errno), errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
}

int open_or_fail(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags, 0600);
  if (file < 0) fail();
  return file;
}

/// Opening a pipe without a writer would block, and a device may have no end.
int open_regular(const std::filesystem::path& path, int flags) {
  const int file = open_or_fail(path, flags | O_NONBLOCK);
  struct stat found{};
  const bool looked = ::fstat(file, &found) == 0;
  if (looked && S_ISREG(found.st_mode)) return file;
  const int reason = errno;
  ::close(file);
  if (!looked) throw FileFailure(std::strerror(reason), false);
  throw FileFailure(S_ISDIR(found.st_mode) ? std::strerror(EISDIR) : "it is not a regular file", false);
}

int descriptor(std::intptr_t handle) { return static_cast<int>(handle); }

/// Without waiting; false if somebody else has it. Throws FileFailure, also on file systems without locks.
bool take_lock(int file, int kind) {
  while (::flock(file, kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) fail();
  }
  return true;
}

int to_disk(int file) {
#ifdef F_FULLFSYNC
  // Here fsync() leaves it in the disk's own cache. Not every file system supports F_FULLFSYNC.
  if (::fcntl(file, F_FULLFSYNC) == 0) return 0;
  return ::fsync(file);
#else
  return ::fdatasync(file);
#endif
}

}  // namespace

File File::create(const std::filesystem::path& path) {
  return File(open_or_fail(path, O_WRONLY | O_CREAT | O_EXCL | kPrivate));
}

File File::append(const std::filesystem::path& path) {
  return File(open_regular(path, O_RDWR | O_CREAT | O_APPEND | kPrivate));
}

File File::read(const std::filesystem::path& path) { return File(open_regular(path, O_RDONLY | O_CLOEXEC)); }

File File::standard_input() {
  const int file = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (file < 0) fail();
  return File(file);
}

File::~File() {
  if (handle_ != kClosed) ::close(descriptor(handle_));
}

File::File(File&& other) noexcept : handle_(std::exchange(other.handle_, kClosed)) {}

void File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor(handle_), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t File::read(char* bytes, std::size_t size) {
  ssize_t got = 0;
  while ((got = ::read(descriptor(handle_), bytes, size)) < 0 && errno == EINTR) {}
  if (got < 0) fail();
  return static_cast<std::size_t>(got);
}

char File::byte_at(std::int64_t place) {
  char byte = 0;
  if (::pread(descriptor(handle_), &byte, 1, place) != 1) fail();
  return byte;
}

void File::seek(std::int64_t place) {
  if (::lseek(descriptor(handle_), place, SEEK_SET) != place) fail();
}

void File::sync() {
  if (to_disk(descriptor(handle_)) != 0) fail();
}

void File::truncate(std::int64_t size) {
  if (::ftruncate(descriptor(handle_), size) != 0) fail();
}

std::int64_t File::size() const {
  struct stat found{};
  if (::fstat(descriptor(handle_), &found) != 0) fail();
  return found.st_size;
}

void File::lock() {
  while (::flock(descriptor(handle_), LOCK_EX) != 0) {
    if (errno != EINTR) fail();
  }
}

bool File::try_lock() { return take_lock(descriptor(handle_), LOCK_EX); }

bool File::locked_by_another() {
  if (!take_lock(descriptor(handle_), LOCK_SH)) return true;
  ::flock(descriptor(handle_), LOCK_UN);
  return false;
}

void File::check_own(const std::string& name) const {
  struct stat found{};
  if (::fstat(descriptor(handle_), &found) != 0) fail();
  if (!S_ISREG(found.st_mode)) throw Error(ErrorCode::refused, name + " is not a file");
  const bool mine = found.st_uid == ::geteuid() || found.st_uid == 0;
  if (!mine || (found.st_mode & 0022) != 0)
    throw Error(ErrorCode::refused, "others could have written " + name,
                "check what is in it, then make it yours and chmod 600 it");
}

}  // namespace akqueue::system
