// A batch of a backup, taken apart: each part has some of its tasks with their log rows, and can have a transaction of
// its own. A deletion's batch is as large as the database deletes in a fifth of a second; to put as many rows back
// takes it several times as long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backup/reader.hpp"

namespace akqueue::queue {

class BatchParts final : public backup::BatchRows {
 public:
  /// Whether each row of the batch is a task or a row of a task's log, and it is known that it was deleted.
  static bool can_divide(const backup::BackupHeader& header, const backup::BackupBatch& batch);

  /// For a batch that can be divided: takes its rows into memory, each with those of the same task.
  BatchParts(const backup::BackupHeader& header, std::size_t parts) : header_(header), parts_(parts) {}

  void rows(std::size_t table, std::string_view tuples) override;
  void json_row(std::size_t table, std::string_view json) override;

  /// After the last row: false if there was more than a process should have in memory. Nothing is kept then.
  bool fit() const { return fit_; }
  std::size_t count() const { return parts_.size(); }
  std::int64_t tasks(std::size_t part) const { return parts_[part].tasks; }
  /// Gives the rows of a part, and forgets them.
  void hand_over(std::size_t part, backup::BatchRows& to);

 private:
  struct Piece {
    std::size_t table = 0;
    std::string rows;
  };
  struct Part {
    std::vector<Piece> pieces;
    std::int64_t tasks = 0;
  };

  const backup::BackupHeader& header_;
  std::vector<Part> parts_;
  std::size_t bytes_ = 0;
  bool fit_ = true;
};

}  // namespace akqueue::queue
