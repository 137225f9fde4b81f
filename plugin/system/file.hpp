// Files of bytes that must not get lost: what was written is on the disk when sync() returns. No text modes, no
// buffers.
//
// A failure throws FileFailure; a caller that knows the file's name turns it into an Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace akqueue::system {

/// The system's reason.
struct FileFailure : std::runtime_error {
  FileFailure(const std::string& reason, bool disk_full) : std::runtime_error(reason), no_room(disk_full) {}
  bool no_room;  ///< the disk, or the user's share of it, has no room
};

class File {
 public:
  /// A new file that only this user may read; it must not exist yet.
  static File create(const std::filesystem::path& path);
  /// Created like that if it is missing; writing appends, even if others write too. Only a regular file.
  static File append(const std::filesystem::path& path);
  /// An existing one. Only a regular file is opened: others could keep a reader waiting.
  static File read(const std::filesystem::path& path);
  static File standard_input();
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) = delete;

  /// Writes all of it, or throws FileFailure; a part may be in the file then.
  void write(std::string_view bytes);
  /// Up to `size` bytes; 0 at the end.
  std::size_t read(char* bytes, std::size_t size);
  /// The byte at `place`; for files that append() opened.
  char byte_at(std::int64_t place);
  /// The next read() begins there; for files that read() opened.
  void seek(std::int64_t place);
  void sync();
  void truncate(std::int64_t size);
  std::int64_t size() const;
  /// Waits until nobody else has the lock, and holds it until the file is closed.
  void lock();
  /// The same without waiting: false if somebody else has it.
  bool try_lock();
  /// Whether a writer of the file has its lock at this moment. Neither lock keeps readers out.
  bool locked_by_another();
  /// The same check as check_own_file(), but of the open file, so that nobody can replace it meanwhile. Throws Error
  /// (refused) if it is not a file, or others could have written it; `name` is its name in that error.
  void check_own(const std::string& name) const;

 private:
  explicit File(std::intptr_t handle) : handle_(handle) {}
  std::intptr_t handle_;  ///< as the system has it
};

}  // namespace akqueue::system
