// Reads a file ahead: a thread of its own decompresses what comes next, while who reads is busy with what it has. Small
// files are read without one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "backup/gzip_source.hpp"

namespace akqueue::backup {

class ReadAhead {
 public:
  /// Used by nobody else from now on. From where it is.
  explicit ReadAhead(GzipSource& source);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// What was read ahead is dropped; the thread, if there is one, begins there at once. What fails is thrown by next().
  void start_at(std::int64_t place);
  /// As GzipSource::next().
  std::optional<TextPiece> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
