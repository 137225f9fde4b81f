// Compressed files whose every synced part can be read back, whatever happens afterwards: each part is a gzip stream of
// its own, and a file of many is what any gunzip reads as one. The only file that knows zlib.
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

namespace akqueue {

/// A writer that failed once takes nothing more, and its file ends with what was synced last: it can be read so far.
class GzipWriter {
 public:
  /// Creates the file (0600; it must not be there yet). `compressed` false: the bytes as they are.
  GzipWriter(const std::string& path, bool compressed);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  void write(std::string_view bytes);
  /// All bytes so far are on the disk when this returns, and end a stream: what is written next begins another.
  void sync();
  /// Removes the file: nobody needs what it has taken.
  void discard() noexcept;
  /// Bytes in the file.
  std::int64_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class GzipReader {
 public:
  /// Takes files that are not compressed as well. Opened once, for whatever is read later. `path` is for errors.
  GzipReader(File file, const std::string& path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// The next line without its end, valid until the next call; nothing at the end. What stands behind the last line end
  /// is no line: a writer that was killed left it.
  std::optional<std::string_view> line();
  /// So many bytes from here on, valid until the next call; nothing where the file ends before.
  std::optional<std::string_view> bytes(std::size_t count);

  /// Whoever writes the file has it still.
  bool locked() const;
  /// Where what is read next stands.
  FilePlace place() const;
  /// Goes on there: a place that place() told.
  void go_to(const FilePlace& place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue
