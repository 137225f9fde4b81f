// Reads backup files. A file is checked as a whole before anything is done with it. It is opened only once, so that the
// second reading is of what was checked, and every reading compares its sums.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backup/parser.hpp"

namespace akqueue::backup {

/// Takes the rows of a batch.
class BatchRows {
 public:
  virtual ~BatchRows() = default;
  /// Some whole rows of the header's table `table`.
  virtual void rows(std::size_t table, std::string_view tuples) = 0;
  /// The same for a file of version 1: one row as JSON.
  virtual void json_row(std::size_t table, std::string_view json) = 0;
};

class BackupFile {
 public:
  /// Opens it. Throws Error (system) if it can't be opened, (refused) if it is not a file, or others could have written
  /// it.
  explicit BackupFile(const std::string& path);
  ~BackupFile();
  BackupFile(BackupFile&&) noexcept;
  BackupFile& operator=(BackupFile&&) = delete;

  /// Reads to the end and checks: the header, every row's values, every batch's sum. Constant memory except for the
  /// list of batches. Throws Error (damaged), naming the batch that is not as it was written, (system) if it can't be
  /// read.
  const BackupContents& check();
  /// The same file once more, for another thread: opened again, and taken for what check() found, which every read()
  /// compares. Throws as the constructor does.
  BackupFile another() const;
  /// What check() found.
  const BackupContents& contents() const;

  /// The rows of a batch that check() found; in any order of batches, best from the last to the first (of version 1:
  /// from the first). Throws Error (damaged) after its last row if they are not those that were checked.
  void read(const BackupBatch& batch, BatchRows& rows);
  /// This one will probably be read next: it is read ahead meanwhile.
  void read_ahead(const BackupBatch& batch);

  const std::string& path() const;
  /// Whether the command that writes it is still running on this machine.
  bool being_written() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup
