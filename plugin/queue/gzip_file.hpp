// Compressed files whose every flushed part can be read back, whatever happens afterwards. The only file that knows zlib.
//
// Errors: Error (system) with the path and the system's reason; a full disk says so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
  /// All bytes so far are on the disk when this returns.
  void sync();
  /// Ends the stream and syncs. Nothing may be written afterwards.
  void finish();
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
  /// Takes files that are not compressed as well.
  explicit GzipReader(const std::string& path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// The next line without its end, valid until the next call; nothing at the end. What stands behind the last line end
  /// is no line: a writer that was killed left it.
  std::optional<std::string_view> line();
  /// After the end: it ended in the middle of a line or of the compressed stream.
  bool cut_short() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue
