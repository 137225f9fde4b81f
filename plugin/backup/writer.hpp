// Writes deleted rows to a backup file, batch by batch, before their transaction commits.
#pragma once

#include <optional>
#include <string>

#include "akqueue/error.hpp"
#include "backup/gzip_file.hpp"
#include "backup/parser.hpp"
#include "backup/sink.hpp"

namespace akqueue {

class BackupWriter final : public BackupSink {
 public:
  /// Creates the file with its header, on the disk before this returns. Throws Error (system), and leaves no file then.
  BackupWriter(const std::string& path, const BackupHeader& header, bool compressed);

  /// What fails here is thrown by seal(): the rows that still come are part of one answer, which must be read to its
  /// end.
  void rows(const Table& table, std::string_view tuples) override;
  /// Everything of the batch has been taken by the reader that restorations use (BackupParser), as many rows as the
  /// database has given, and is on the disk afterwards. Throws Error (system), or (damaged) with the row that can't be
  /// kept, and then the batch must not commit.
  void seal(const std::string& transaction, std::int64_t rows) override;
  void ended(bool committed, bool certain) noexcept override;

  /// The trailer. `ending` is the last word of the summary.
  void finish(const std::string& ending);

  /// Removes the file: it holds nothing that is not in the table as well.
  void discard() noexcept { file_.discard(); }

  std::int64_t bytes() const { return file_.size(); }
  /// Rows of committed batches and of those whose fate nobody knows.
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

}  // namespace akqueue
