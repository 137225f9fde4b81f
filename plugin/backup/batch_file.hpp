// The file of a backup, as the writers of several sessions share it: each has its turn, puts a whole batch there and
// has it on the disk before its next one's turn. What became of a batch is known later, and stands behind it, perhaps
// behind batches of others.
//
// Errors: those of GzipWriter.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "backup/format.hpp"
#include "backup/gzip_writer.hpp"

namespace akqueue::backup {

class BatchFile {
 public:
  /// Creates the file with its header, which is on the disk when this returns; leaves no file if it throws.
  BatchFile(const std::string& path, const BackupHeader& header, bool compressed);

  using Turn = std::unique_lock<std::mutex>;
  /// Waits until no other writer has it. What follows up to sync() needs the turn.
  Turn take_turn() { return Turn(turn_); }
  /// The number of the batch that comes next; afterwards its parts are written.
  std::int64_t begin_batch();
  /// What became of earlier batches, as far as it is not there yet: before a record, never within one.
  void write_fates();
  void write(std::string_view text) { file_.write(text); }
  void write_members(std::string_view members) { file_.write_members(members); }
  void sync() { file_.sync(); }

  /// What became of a batch that was begun, `rows` of which may be gone; it need not be on the disk before the next
  /// seal. At any time. One of which nothing is said counts as uncertain.
  void ended(std::int64_t number, BatchFate fate, std::int64_t rows) noexcept;

  /// The trailer, when no writer has anything more.
  void finish(const std::string& ending);
  void discard() noexcept { file_.discard(); }

  std::int64_t bytes() const { return file_.size(); }
  std::int64_t rows() const { return rows_; }

 private:
  GzipWriter file_;
  std::mutex turn_;
  std::int64_t begun_ = 0;  ///< batches
  std::mutex fates_turn_;
  std::string fates_;  ///< records of them that are not written yet
  std::int64_t rows_ = 0;
};

}  // namespace akqueue::backup
