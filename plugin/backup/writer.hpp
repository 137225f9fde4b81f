// Writes deleted rows to a backup file, batch by batch, before their transaction commits.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "akqueue/error.hpp"
#include "backup/batch_file.hpp"
#include "backup/member_text.hpp"
#include "backup/parser.hpp"
#include "backup/sink.hpp"

namespace akqueue::backup {

class BackupWriter final : public BackupSink {
 public:
  /// Creates the file with its header, which is on the disk when this returns. Throws Error (system), leaving no file.
  BackupWriter(const std::string& path, const BackupHeader& header, bool compressed);
  /// One more for the same file, for a session beside the one that this writer is for; each may have its own thread.
  /// All are made before the first row. From then on each holds its batch in memory until it is sealed; of a large one
  /// only a part, while the seals of the others wait.
  std::unique_ptr<BackupWriter> beside();

  /// A failure is thrown later, by seal(): the remaining rows are part of one answer, which must be read to its end.
  void rows(const session::Table& table, std::string_view tuples) override;
  /// When this returns, the reader that restorations use (BackupParser) has taken the whole batch, with as many rows as
  /// the database sent, and it is on the disk. Throws Error (system), or (damaged) naming the row that can't be kept:
  /// the batch must not be committed then.
  void seal(const std::string& transaction, std::int64_t rows) override;
  void ended(bool committed, bool certain) noexcept override;

  /// The trailer, when no writer of the file has an open batch. `ending` is the last word of the summary.
  void finish(const std::string& ending) { file_->finish(ending); }

  /// Removes the file: all that it holds is still in the table.
  void discard() noexcept { file_->discard(); }

  /// Of the file.
  std::int64_t bytes() const { return file_->bytes(); }
  /// Rows of committed batches and of those whose outcome is not known, of all writers.
  std::int64_t rows() const { return file_->rows(); }

 private:
  BackupWriter(std::shared_ptr<BatchFile> file, const BackupHeader& header, bool compressed);

  void record(const std::string& line);
  void block(std::size_t table, std::string_view tuples);
  void write(std::string_view text);
  void take_turn();

  std::shared_ptr<BatchFile> file_;
  bool compressed_;
  BackupParser parser_;
  MemberText held_;            ///< of the open batch, until it has the turn
  std::size_t most_held_ = 0;  ///< bytes; more only with the turn
  BatchFile::Turn turn_;       ///< held from the open batch's first bytes in the file to its seal, or its end
  std::int64_t number_ = 0;    ///< of the open batch in the file; 0: it is not there yet
  bool sealed_ = false;
  std::int64_t sealed_rows_ = 0;
  std::optional<Error> failure_;
};

}  // namespace akqueue::backup
