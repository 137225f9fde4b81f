#include "backup/writer.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace akqueue::backup {
namespace {

/// Of a writer beside others: a batch of usual rows shrinks to less.
constexpr std::size_t kMostHeld = 4 << 20;

std::int64_t sum_of(const std::vector<std::int64_t>& rows) {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

std::string_view without_end(std::string_view line) { return line.substr(0, line.size() - 1); }

}  // namespace

BackupWriter::BackupWriter(const std::string& path, const BackupHeader& header, bool compressed)
    : BackupWriter(std::make_shared<BatchFile>(path, header, compressed), header, compressed) {}

BackupWriter::BackupWriter(std::shared_ptr<BatchFile> file, const BackupHeader& header, bool compressed)
    : file_(std::move(file)), compressed_(compressed), parser_({}, header), held_(compressed) {}

std::unique_ptr<BackupWriter> BackupWriter::beside() {
  std::unique_ptr<BackupWriter> other(new BackupWriter(file_, parser_.contents().header, compressed_));
  most_held_ = other->most_held_ = kMostHeld;
  return other;
}

/// Piece by piece: one row may be larger than what it may hold.
void BackupWriter::write(std::string_view text) {
  if (!turn_ && most_held_ == 0) take_turn();
  while (!turn_ && !text.empty()) {
    const std::string_view piece = text.substr(0, kTextOfMember);
    held_.write(piece);
    text.remove_prefix(piece.size());
    if (held_.size() > most_held_) take_turn();
  }
  if (!text.empty()) file_->write(text);
}

void BackupWriter::take_turn() {
  turn_ = file_->take_turn();
  number_ = file_->begin_batch();
  parser_.number_batch(number_);
  if (held_.size() > 0) file_->write_members(held_.members());
  held_.clear();
}

void BackupWriter::record(const std::string& line) {
  parser_.line(without_end(line));  // first: what it does not accept must not get into the file
  if (turn_) file_->write_fates();
  write(line);
}

void BackupWriter::rows(const session::Table& table, std::string_view tuples) {
  if (failure_) return;
  const auto& tables = parser_.contents().header.tables;
  const auto place = std::ranges::find_if(
      tables, [&](const KeptTable& one) { return one.name == table.name && one.schema == table.schema; });
  try {
    if (place == tables.end())
      throw Error(ErrorCode::system, "got a row of " + table.name + ", a table that is not in the backup's header");
    block(static_cast<std::size_t>(place - tables.begin()), tuples);
  } catch (const Error& error) { failure_ = error; }
}

void BackupWriter::block(std::size_t table, std::string_view tuples) {
  record(block_line(table, tuples));
  write(tuples);
  write("\n");
  parser_.block(tuples);
}

void BackupWriter::seal(const std::string& transaction, std::int64_t rows) {
  if (failure_) throw *failure_;
  sealed_rows_ = sum_of(parser_.open_rows());
  if (sealed_rows_ != rows) {
    throw Error(ErrorCode::damaged,
                "only " + std::to_string(sealed_rows_) + " of the " + std::to_string(rows) +
                    " rows that the database sent arrived",
                "nothing of this batch was deleted; run it again");
  }
  if (!turn_) take_turn();
  record(sealed_line(
      {.number = number_, .rows = parser_.open_rows(), .crc = parser_.open_sum(), .transaction = transaction}));
  parser_.forget_batches();
  file_->sync();
  sealed_ = true;
  turn_.unlock();
}

void BackupWriter::ended(bool committed, bool certain) noexcept {
  if (number_ != 0) {
    const BatchFate known = committed ? BatchFate::committed : BatchFate::rolled_back;
    const BatchFate fate = certain || !sealed_ ? known : BatchFate::uncertain;
    file_->ended(number_, fate, sealed_ ? sealed_rows_ : 0);
  }
  try {
    if (!sealed_ && parser_.batch_is_open()) parser_.drop_batch();
  } catch (const std::exception&) {
    // Not even memory for a few counts: the next seal will fail as well, and say so.
  }
  held_.clear();
  number_ = 0;
  sealed_ = false;
  if (turn_) turn_.unlock();
}

}  // namespace akqueue::backup
