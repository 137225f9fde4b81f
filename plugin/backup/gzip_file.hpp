// Reads files of gzip members (gzip_writer.hpp) in constant memory, up to wherever they were cut off, and goes back to
// places in them. What comes next is decompressed ahead (read_ahead.hpp).
//
// Errors: Error (system) with the path and the system's reason, (damaged) if a member can't be decompressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backup/format.hpp"
#include "system/file.hpp"

namespace akqueue::backup {

class GzipReader {
 public:
  /// Also reads files that are not compressed. Opened once, for all reading. `path` is for errors.
  GzipReader(system::File file, const std::string& path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// The next line without its end, valid until the next call; nothing at the end. What follows the last line end is
  /// not a line: a writer that was killed left it.
  std::optional<std::string_view> line();
  /// So many bytes from here on, valid until the next call; nothing if the file ends before that.
  std::optional<std::string_view> bytes(std::size_t count);

  /// Whether somebody is still writing the file.
  bool locked() const;
  /// The place of what is read next.
  FilePlace place() const;
  /// Continues at a place from place(). From then on it is read ahead.
  void go_to(const FilePlace& place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
