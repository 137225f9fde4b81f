// Files of bytes whose fate matters: what was written is on the disk when sync() returns. No text modes, no buffers.
//
// What fails throws FileFailure; whoever has the file's name makes an Error of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace akqueue {

/// The system's reason.
struct FileFailure : std::runtime_error {
  FileFailure(const std::string& reason, bool disk_full) : std::runtime_error(reason), no_room(disk_full) {}
  bool no_room;  ///< the disk, or the user's share of it, has no room
};

class File {
 public:
  /// A new file that only this user may read; it must not be there yet.
  static File create(const std::filesystem::path& path);
  /// The same where it is missing; what is written goes to the end, whoever else writes. Only a regular file.
  static File append(const std::filesystem::path& path);
  /// One that is there. Nothing that could keep a reader waiting: only a regular file is opened.
  static File read(const std::filesystem::path& path);
  static File standard_input();
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) = delete;

  /// All of it, or FileFailure; a part may stand in the file then.
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
  /// Waits until nobody else has the lock, and keeps it until this is closed.
  void lock();
  /// The same without waiting: false where somebody else has it.
  bool try_lock();
  /// Whether somebody who writes the file has its lock at this moment. Neither keeps readers out.
  bool locked_by_another();
  /// What check_own_file() says of a path, said of the file that is open, so that nobody puts another one in its place.
  /// Throws Error (refused) for what is no file, or one that others could have written; `name` is how it is called in
  /// that.
  void check_own(const std::string& name) const;

 private:
  explicit File(std::intptr_t handle) : handle_(handle) {}
  std::intptr_t handle_;  ///< as the system has it
};

}  // namespace akqueue
