// Writes compressed files of which every synced part can be read back, whatever happens afterwards. They consist of
// gzip members that are whole by themselves, and any gunzip reads many of them in a row as one.
//
// Compressing and writing happen on a thread of their own, while more bytes are given: a member for each half MiB, so
// that a part of any size needs the same memory and little is left to do when it is synced.
//
// Errors: Error (system) with the path and the system's reason; a full disk says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace akqueue::backup {

/// A writer that failed once takes nothing more; its file ends with what was synced last, and can be read up to there.
class GzipWriter {
 public:
  /// Creates the file (0600; it must not exist yet). `compressed` false: the bytes as they are.
  GzipWriter(const std::string& path, bool compressed);
  /// What was not synced may be missing from the file.
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  /// May throw for bytes that an earlier call gave.
  void write(std::string_view bytes);
  /// The same for text that was compressed elsewhere (MemberText): it goes behind what was written so far.
  void write_members(std::string_view members);
  /// All bytes so far are on the disk when this returns, in whole members: what is written next begins another.
  void sync();
  /// Removes the file: nobody needs what is in it.
  void discard() noexcept;
  /// Bytes in the file. Right after sync() that is all of it.
  std::int64_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
