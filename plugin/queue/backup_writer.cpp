#include "queue/backup_writer.hpp"

#include <algorithm>
#include <numeric>

#include "akqueue/checksum.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kPiece = 128 * 1024;

}  // namespace

BackupWriter::BackupWriter(const std::string& path, const BackupHeader& header, bool compressed) : file_(path, compressed), tables_(header.tables) {
  batch_.number = 1;
  batch_.rows.assign(tables_.size(), 0);
  try {
    put(header.to_json().dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    file_.write(buffer_);
    buffer_.clear();
    file_.sync();
  } catch (...) {
    discard();
    throw;
  }
}

void BackupWriter::put(std::string_view line) {
  buffer_ += line;
  if (buffer_.size() < kPiece) return;
  file_.write(buffer_);
  buffer_.clear();
}

void BackupWriter::row(const Table& table, std::string_view json) {
  if (failure_) return;
  const auto place = std::ranges::find_if(tables_, [&](const Table& one) { return one.name == table.name && one.schema == table.schema; });
  if (place == tables_.end()) {
    failure_ = Error(ErrorCode::system, "a row of " + table.name + " came, which the backup's header does not name");
    return;
  }
  const auto number = static_cast<std::size_t>(place - tables_.begin());
  line_.assign("[").append(std::to_string(number)).append(",").append(json).append("]\n");
  batch_.crc = crc32_of(line_, batch_.crc);
  ++batch_.rows[number];
  try {
    put(line_);
  } catch (const Error& error) {
    failure_ = error;
  }
}

void BackupWriter::seal(const std::string& transaction) {
  if (failure_) throw *failure_;
  batch_.transaction = transaction;
  put(sealed_line(batch_));
  file_.write(buffer_);
  buffer_.clear();
  file_.sync();
  sealed_ = true;
}

void BackupWriter::ended(bool committed, bool certain) noexcept {
  const bool empty = std::ranges::none_of(batch_.rows, [](std::int64_t rows) { return rows > 0; });
  if (empty && !sealed_) return;
  if (committed || (sealed_ && !certain)) rows_ += std::accumulate(batch_.rows.begin(), batch_.rows.end(), std::int64_t{0});
  // Without its line a sealed batch counts as uncertain; rows that were never sealed count as none.
  batch_.fate = committed ? BatchFate::committed : BatchFate::rolled_back;
  try {
    if (certain) buffer_ += fate_line(batch_);
  } catch (const std::exception&) {
    // No memory for one line: the next seal will fail as well, and say so.
  }
  batch_ = {.number = batch_.number + 1, .rows = std::vector<std::int64_t>(tables_.size(), 0)};
  sealed_ = false;
}

void BackupWriter::finish(const std::string& ending) {
  put(nlohmann::ordered_json{{"end", ending}, {"batches", batch_.number - 1}}.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  file_.write(buffer_);
  buffer_.clear();
  file_.finish();
}

}  // namespace akqueue
