// Reads backup files: all of one is checked before anything is done with it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "queue/backup_format.hpp"
#include "queue/batch.hpp"

namespace akqueue {

/// What a whole file holds, without its rows.
struct BackupContents {
  BackupHeader header;
  std::vector<BackupBatch> batches;
  /// Tasks by state and actor, of all batches that were not rolled back.
  Tally tasks;
  std::int64_t other_rows = 0;         ///< log rows and rows of other tables, of the same batches
  std::int64_t unsealed_rows = 0;      ///< of a last batch that never came to its end: their deletion never happened
  bool complete = false;               ///< has its trailer
  std::string ending;                  ///< the trailer's
  std::set<std::string> tenants;       ///< that tasks name
  std::set<std::int64_t> content_types;
};

/// Reads the file to its end and checks it: the header, every row's JSON, every batch's sum. Constant memory but for the
/// list of batches. Throws Error (damaged) with the batch that is not what was written, (system) where it can't be read.
BackupContents read_backup(const std::string& path);

/// Gives the rows of the batches that `wanted` chooses, a batch at a time; a batch begins and ends with the callbacks.
class BackupVisitor {
 public:
  virtual ~BackupVisitor() = default;
  virtual bool wants(const BackupBatch& batch) = 0;
  virtual void begin(const BackupBatch& batch) = 0;
  /// A row of the header's table `table`.
  virtual void row(std::size_t table, std::string_view json) = 0;
  virtual void end(const BackupBatch& batch) = 0;
};

/// `contents` is what read_backup() said of this file.
void visit_backup(const std::string& path, const BackupContents& contents, BackupVisitor& visitor);

}  // namespace akqueue
