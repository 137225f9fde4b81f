// The text of a file of gzip members (gzip_writer.hpp), or of one that is not compressed, in pieces from a place on, up
// to wherever it was cut off. The only file of the plugin that knows zlib.
//
// Errors: Error (system) with the path and the system's reason, (damaged) if a member can't be decompressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "system/file.hpp"

namespace akqueue::backup {

struct TextPiece {
  std::string text;
  std::optional<std::int64_t> stream = {};  ///< a compressed stream begins with it: the place of that in the file
};

class GzipSource {
 public:
  /// `path` is for errors.
  GzipSource(system::File file, const std::string& path);
  ~GzipSource();
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  bool compressed() const;
  /// The place in the file of a stream, or of any byte if it is not compressed.
  void start_at(std::int64_t place);
  /// Nothing at the end of the file, even in the middle of a stream. A piece may be empty.
  std::optional<TextPiece> next();
  system::File& file();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
