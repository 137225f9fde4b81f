#include "queue/change/batch_parts.hpp"

#include <algorithm>
#include <functional>

#include "akqueue/tasks.hpp"
#include "akqueue/tuple.hpp"
#include "queue/change/batch_weight.hpp"

namespace akqueue::queue {
namespace {

/// Batches are bounded by what leaves the database (kBatchBytes); one of other builds may be larger.
constexpr std::size_t kMostInMemory = 2 * kBatchBytes;
/// What is handed over at once.
constexpr std::size_t kPieceBytes = 256 << 10;

/// The place of the column that says which task a row is of; the table has it.
std::size_t key_of(const backup::KeptTable& table, bool is_task) {
  return static_cast<std::size_t>(table.find(is_task ? "message_id" : "task_id") - table.columns.data());
}

}  // namespace

/// A task and its log meet in a part because the same id is the same bytes in both tables.
bool BatchParts::can_divide(const backup::BackupHeader& header, const backup::BackupBatch& batch) {
  if (header.version == backup::kBackupVersionOfJson || batch.fate != backup::BatchFate::committed) return false;
  const backup::KeptColumn* const id = header.tables.front().find("message_id");
  if (id == nullptr) return false;
  for (std::size_t table = 1; table < header.tables.size(); ++table) {
    if (batch.rows[table] == 0) continue;
    const backup::KeptTable& kept = header.tables[table];
    const backup::KeptColumn* const key = kept.find("task_id");
    if (kept.name != kTaskLogTable || key == nullptr || key->type != id->type || key->form != id->form) return false;
  }
  return true;
}

void BatchParts::rows(std::size_t table, std::string_view tuples) {
  const std::size_t key = key_of(header_.tables[table], table == 0);
  bytes_ += tuples.size();
  if (bytes_ > kMostInMemory && fit_) {
    fit_ = false;
    for (Part& part : parts_) part = {};
  }
  if (!fit_) return;
  TupleReader row(tuples);
  while (row.next()) {
    const std::string_view id = row.fields().at(key).value_or("");
    Part& part = parts_[std::hash<std::string_view>()(id) % parts_.size()];
    if (table == 0) ++part.tasks;
    if (part.pieces.empty() || part.pieces.back().table != table || part.pieces.back().rows.size() > kPieceBytes)
      part.pieces.push_back({table, {}});
    part.pieces.back().rows += row.bytes();
  }
}

/// Those of version 1 can't be divided.
void BatchParts::json_row(std::size_t /*table*/, std::string_view /*json*/) { fit_ = false; }

void BatchParts::hand_over(std::size_t part, backup::BatchRows& to) {
  for (const Piece& piece : parts_[part].pieces) to.rows(piece.table, piece.rows);
  parts_[part].pieces = {};
}

}  // namespace akqueue::queue
