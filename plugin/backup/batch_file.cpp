#include "backup/batch_file.hpp"

#include <utility>

#include "akqueue/json.hpp"

namespace akqueue::backup {

BatchFile::BatchFile(const std::string& path, const BackupHeader& header, bool compressed) : file_(path, compressed) {
  try {
    file_.write(header.to_json().dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    file_.sync();
  } catch (...) {
    discard();
    throw;
  }
}

std::int64_t BatchFile::begin_batch() {
  write_fates();
  return ++begun_;
}

void BatchFile::write_fates() {
  std::string fates;
  {
    const std::scoped_lock hold(fates_turn_);
    fates = std::exchange(fates_, {});
  }
  if (!fates.empty()) file_.write(fates);
}

void BatchFile::ended(std::int64_t number, BatchFate fate, std::int64_t rows) noexcept {
  const std::scoped_lock hold(fates_turn_);
  if (fate != BatchFate::rolled_back) rows_ += rows;
  if (fate == BatchFate::uncertain) return;
  try {
    fates_ += fate_line({.number = number, .fate = fate});
  } catch (const std::exception&) {
    // Not even memory for one line: the next seal will fail as well, and say so. Without the line a sealed batch counts
    // as uncertain; rows without a seal do not count.
  }
}

void BatchFile::finish(const std::string& ending) {
  const Turn turn = take_turn();
  write_fates();
  file_.write(end_line(ending, begun_));
  file_.sync();
}

}  // namespace akqueue::backup
