#include "backup/writer.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "akqueue/json.hpp"

namespace akqueue::backup {
namespace {

std::int64_t sum_of(const std::vector<std::int64_t>& rows) {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

std::string_view without_end(std::string_view line) { return line.substr(0, line.size() - 1); }

}  // namespace

BackupWriter::BackupWriter(const std::string& path, const BackupHeader& header, bool compressed)
    : file_(path, compressed), parser_({}, header) {
  try {
    file_.write(header.to_json().dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    file_.sync();
  } catch (...) {
    discard();
    throw;
  }
}

void BackupWriter::write(std::string_view text) {
  if (!pending_.empty()) {
    const std::string before = std::exchange(pending_, {});
    file_.write(before);
  }
  file_.write(text);
}

void BackupWriter::record(const std::string& line) {
  parser_.line(without_end(line));  // first: what it does not accept must not get into the file
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
  file_.write(tuples);
  file_.write("\n");
  parser_.block(tuples);
}

void BackupWriter::seal(const std::string& transaction, std::int64_t rows) {
  if (failure_) throw *failure_;
  const BackupBatch batch{
      .number = number_, .rows = parser_.open_rows(), .crc = parser_.open_sum(), .transaction = transaction};
  sealed_rows_ = sum_of(batch.rows);
  if (sealed_rows_ != rows) {
    throw Error(ErrorCode::damaged,
                "only " + std::to_string(sealed_rows_) + " of the " + std::to_string(rows) +
                    " rows that the database sent arrived",
                "nothing of this batch was deleted; run it again");
  }
  record(sealed_line(batch));
  parser_.forget_batches();
  file_.sync();
  sealed_ = true;
}

void BackupWriter::ended(bool committed, bool certain) noexcept {
  if (!sealed_ && !parser_.batch_is_open()) return;
  if (sealed_ && (committed || !certain)) rows_ += sealed_rows_;
  // Without this line a sealed batch counts as uncertain; rows without a seal do not count.
  try {
    const std::string line =
        fate_line({.number = number_, .fate = committed ? BatchFate::committed : BatchFate::rolled_back});
    if (certain) pending_ += line;
    if (!sealed_) parser_.drop_batch();
  } catch (const std::exception&) {
    // Not even memory for one line: the next seal will fail as well, and say so.
  }
  ++number_;
  sealed_ = false;
}

void BackupWriter::finish(const std::string& ending) {
  write(end_line(ending, number_ - 1));
  file_.sync();
}

}  // namespace akqueue::backup
