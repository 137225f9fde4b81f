// Compressed files of which every synced part can be read back, whatever happens afterwards: each part is a gzip stream
// of its own, and any gunzip reads many of them in a row as one. The only file that knows zlib.
//
// Errors: Error (system) with the path and the system's reason; a full disk says so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backup/format.hpp"
#include "system/file.hpp"

namespace akqueue::backup {

/// A writer that failed once takes nothing more; its file ends with what was synced last, and can be read up to there.
class GzipWriter {
 public:
  /// Creates the file (0600; it must not exist yet). `compressed` false: the bytes as they are.
  GzipWriter(const std::string& path, bool compressed);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  void write(std::string_view bytes);
  /// All bytes so far are on the disk when this returns, as a whole stream: what is written next begins another.
  void sync();
  /// Removes the file: nobody needs what is in it.
  void discard() noexcept;
  /// Bytes in the file.
  std::int64_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

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
  /// Continues at a place from place().
  void go_to(const FilePlace& place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
