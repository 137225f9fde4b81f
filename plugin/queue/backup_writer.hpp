// Writes deleted rows to a backup file, batch by batch, before their transaction commits.
#pragma once

#include <map>
#include <string>

#include "akqueue/error.hpp"
#include "queue/backup_format.hpp"
#include "queue/batch.hpp"
#include "queue/gzip_file.hpp"

namespace akqueue {

class BackupWriter final : public DeletedRows {
 public:
  /// Creates the file with its header, on the disk before this returns. Throws Error (system), and leaves no file then.
  BackupWriter(const std::string& path, const BackupHeader& header, bool compressed);

  /// What fails here is thrown by seal(): the rows that still come are part of one answer, which must be read to its end.
  void row(const Table& table, std::string_view json) override;
  /// Everything of the batch is on the disk afterwards. Throws Error (system), and then the batch must not commit.
  void seal(const std::string& transaction) override;
  void ended(bool committed, bool certain) noexcept override;

  /// The trailer. `ending` is the last word of the summary.
  void finish(const std::string& ending);

  /// Removes the file: it holds nothing that is not in the table as well.
  void discard() noexcept { file_.discard(); }

  std::int64_t bytes() const { return file_.size(); }
  /// Rows of committed batches and of those whose fate nobody knows.
  std::int64_t rows() const { return rows_; }

 private:
  void put(std::string_view line);

  GzipWriter file_;
  std::vector<Table> tables_;
  BackupBatch batch_;
  bool sealed_ = false;
  std::optional<Error> failure_;
  std::int64_t rows_ = 0;
  std::string line_;
  std::string buffer_;
};

}  // namespace akqueue
