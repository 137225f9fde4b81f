// Writes deleted rows to a backup file, batch by batch, before their transaction commits.
#pragma once

#include <optional>
#include <string>

#include "akqueue/error.hpp"
#include "backup/gzip_writer.hpp"
#include "backup/parser.hpp"
#include "backup/sink.hpp"

namespace akqueue::backup {

class BackupWriter final : public BackupSink {
 public:
  /// Creates the file with its header, which is on the disk when this returns. Throws Error (system), leaving no file.
  BackupWriter(const std::string& path, const BackupHeader& header, bool compressed);

  /// A failure is thrown later, by seal(): the remaining rows are part of one answer, which must be read to its end.
  void rows(const session::Table& table, std::string_view tuples) override;
  /// When this returns, the reader that restorations use (BackupParser) has taken the whole batch, with as many rows as
  /// the database sent, and it is on the disk. Throws Error (system), or (damaged) naming the row that can't be kept:
  /// the batch must not be committed then.
  void seal(const std::string& transaction, std::int64_t rows) override;
  void ended(bool committed, bool certain) noexcept override;

  /// The trailer. `ending` is the last word of the summary.
  void finish(const std::string& ending);

  /// Removes the file: all that it holds is still in the table.
  void discard() noexcept { file_.discard(); }

  std::int64_t bytes() const { return file_.size(); }
  /// Rows of committed batches and of those whose outcome is not known.
  std::int64_t rows() const { return rows_; }

 private:
  void record(const std::string& line);
  void block(std::size_t table, std::string_view tuples);
  void write(std::string_view text);

  GzipWriter file_;
  BackupParser parser_;
  std::int64_t number_ = 1;  ///< of the batch that is open
  bool sealed_ = false;
  std::int64_t sealed_rows_ = 0;
  std::optional<Error> failure_;
  std::int64_t rows_ = 0;
  std::string pending_;  ///< records that need not be on the disk before the next seal
};

}  // namespace akqueue::backup
