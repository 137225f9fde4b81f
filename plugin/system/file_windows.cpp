#include "system/file.hpp"

#include <algorithm>
#include <utility>

#include "akqueue/error.hpp"
#include "system/windows.hpp"

namespace akqueue::system {
namespace {

constexpr std::intptr_t kClosed = 0;
constexpr DWORD kMost = 1u << 30;
/// Other processes may read, write and delete the file meanwhile, as on other systems.
constexpr DWORD kShared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
/// Locks keep readers out here, so this byte is beyond everything that a file will ever hold.
constexpr DWORD kLockedHigh = 0x7fffffff;

/// ERROR_DISK_QUOTA_EXCEEDED, which not every compiler's headers have.
constexpr DWORD kQuotaExceeded = 1295;

[[noreturn]] void fail(DWORD error = ::GetLastError()) {
  throw FileFailure(reason_of(error), error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL ||
                                          error == kQuotaExceeded || error == ERROR_FILE_TOO_LARGE);
}

std::intptr_t open_or_fail(const std::filesystem::path& path, DWORD access, DWORD how) {
  PrivateToUser only;
  const HANDLE file = ::CreateFileW(path.c_str(), access, kShared, how == OPEN_EXISTING ? nullptr : only.attributes(),
                                    how, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE) fail();
  return reinterpret_cast<std::intptr_t>(file);
}

/// Reading a pipe or a device may block, or never end.
std::intptr_t open_regular(const std::filesystem::path& path, DWORD access, DWORD how) {
  const std::intptr_t file = open_or_fail(path, access, how);
  if (::GetFileType(reinterpret_cast<HANDLE>(file)) == FILE_TYPE_DISK) return file;
  ::CloseHandle(reinterpret_cast<HANDLE>(file));
  throw FileFailure("it is not a regular file", false);
}

HANDLE native(std::intptr_t handle) { return reinterpret_cast<HANDLE>(handle); }

/// Without waiting; false if somebody else has it.
bool take_lock(HANDLE file, DWORD kind) {
  OVERLAPPED where{};
  where.OffsetHigh = kLockedHigh;
  if (::LockFileEx(file, kind | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &where) != 0) return true;
  if (::GetLastError() == ERROR_LOCK_VIOLATION || ::GetLastError() == ERROR_IO_PENDING) return false;
  fail();
}

/// A place in the file, for one operation.
OVERLAPPED at(std::int64_t place) {
  OVERLAPPED where{};
  where.Offset = static_cast<DWORD>(place);
  where.OffsetHigh = static_cast<DWORD>(place >> 32);
  return where;
}

}  // namespace

// FlushFileBuffers() and a new end of file ask for GENERIC_WRITE.
File File::create(const std::filesystem::path& path) { return File(open_or_fail(path, GENERIC_WRITE, CREATE_NEW)); }

File File::append(const std::filesystem::path& path) {
  return File(open_regular(path, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS));
}

File File::read(const std::filesystem::path& path) { return File(open_regular(path, GENERIC_READ, OPEN_EXISTING)); }

File File::standard_input() {
  HANDLE file = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  if (::DuplicateHandle(self, ::GetStdHandle(STD_INPUT_HANDLE), self, &file, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0)
    fail();
  return File(reinterpret_cast<std::intptr_t>(file));
}

File::~File() {
  if (handle_ != kClosed) ::CloseHandle(native(handle_));
}

File::File(File&& other) noexcept : handle_(std::exchange(other.handle_, kClosed)) {}

void File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    DWORD written = 0;
    // This offset means the end, even if somebody else has moved it.
    OVERLAPPED end = at(-1);
    if (::WriteFile(native(handle_), bytes.data(), static_cast<DWORD>(std::min<std::size_t>(bytes.size(), kMost)),
                    &written, &end) == 0)
      fail();
    if (written == 0) fail(ERROR_DISK_FULL);
    bytes.remove_prefix(written);
  }
}

std::size_t File::read(char* bytes, std::size_t size) {
  DWORD got = 0;
  if (::ReadFile(native(handle_), bytes, static_cast<DWORD>(std::min<std::size_t>(size, kMost)), &got, nullptr) != 0)
    return got;
  // The end of a pipe.
  if (::GetLastError() == ERROR_BROKEN_PIPE) return 0;
  fail();
}

char File::byte_at(std::int64_t place) {
  char byte = 0;
  DWORD got = 0;
  OVERLAPPED where = at(place);
  if (::ReadFile(native(handle_), &byte, 1, &got, &where) == 0 || got != 1) fail();
  return byte;
}

/// Writes out the file's data, length and name, and makes the disk write out its cache.
void File::sync() {
  if (::FlushFileBuffers(native(handle_)) == 0) fail();
}

void File::seek(std::int64_t place) {
  LARGE_INTEGER where{};
  where.QuadPart = place;
  if (::SetFilePointerEx(native(handle_), where, nullptr, FILE_BEGIN) == 0) fail();
}

void File::truncate(std::int64_t size) {
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = size;
  if (::SetFileInformationByHandle(native(handle_), FileEndOfFileInfo, &end, sizeof end) == 0) fail();
}

std::int64_t File::size() const {
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(native(handle_), &size) == 0) fail();
  return size.QuadPart;
}

void File::lock() {
  OVERLAPPED where{};
  where.OffsetHigh = kLockedHigh;
  if (::LockFileEx(native(handle_), LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &where) == 0) fail();
}

bool File::try_lock() { return take_lock(native(handle_), LOCKFILE_EXCLUSIVE_LOCK); }

bool File::locked_by_another() {
  if (!take_lock(native(handle_), 0)) return true;
  OVERLAPPED where{};
  where.OffsetHigh = kLockedHigh;
  ::UnlockFileEx(native(handle_), 0, 1, 0, &where);
  return false;
}

void File::check_own(const std::string& name) const {
  if (::GetFileType(native(handle_)) != FILE_TYPE_DISK) throw Error(ErrorCode::refused, name + " is not a file");
  const Security security(native(handle_));
  if (!security.is_ours() || security.public_may(Security::kMayWrite)) {
    throw Error(ErrorCode::refused, "others could have written " + name,
                "check what is in it, then make it yours: " + take_public_away(name, "F"));
  }
}

}  // namespace akqueue::system
