#include "backup/reader.hpp"

#include <optional>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "backup/gzip_file.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"

namespace akqueue::backup {
namespace {

system::File open(const std::string& path) {
  try {
    system::File file = system::File::read(system::path_of(path));
    file.check_own(path);
    return file;
  } catch (const system::FileFailure& failure) {
    throw Error(ErrorCode::system, "can't read " + path + ": " + failure.what());
  }
}

}  // namespace

struct BackupFile::State {
  explicit State(const std::string& name) : path(name), file(open(name), name) {}

  std::string path;
  GzipReader file;
  BackupContents contents;

  /// The header. Throws Error (damaged) if there is none.
  BackupHeader header() {
    const auto first = file.line();
    if (!first)
      throw Error(ErrorCode::damaged, path + " is not a backup of kubectl akqueue: it is empty or has no whole line");
    return BackupHeader::from_json(parse_foreign<Json>(*first), path);
  }

  /// Gives the next line, and the rows after it, to the parser and to `rows`. False at the end.
  bool next(BackupParser& parser, BatchRows* rows) {
    const FilePlace place = file.place();
    const auto line = file.line();
    if (!line) return false;
    const std::size_t size = parser.line(*line, place);
    if (rows != nullptr && parser.contents().header.version == kBackupVersionOfJson) {
      if (const auto row = split_row(*line)) rows->json_row(row->table, row->json);
    }
    if (size == 0) return true;
    const auto block = file.bytes(size + 1);
    if (!block) return false;
    parser.block(block->substr(0, size));
    if (rows != nullptr) rows->rows(parser.block_table(), block->substr(0, size));
    return true;
  }
};

BackupFile::BackupFile(const std::string& path) : state_(std::make_unique<State>(path)) {}
BackupFile::~BackupFile() = default;
BackupFile::BackupFile(BackupFile&&) noexcept = default;

const std::string& BackupFile::path() const { return state_->path; }
const BackupContents& BackupFile::contents() const { return state_->contents; }

bool BackupFile::being_written() const { return state_->file.locked(); }

const BackupContents& BackupFile::check() {
  State& state = *state_;
  state.file.go_to({});
  BackupParser parser(state.path, state.header());
  while (state.next(parser, nullptr)) {}
  state.contents = parser.end();
  return state.contents;
}

BackupFile BackupFile::another() const {
  BackupFile same(state_->path);
  same.state_->contents = state_->contents;
  return same;
}

void BackupFile::read(const BackupBatch& batch, BatchRows& rows) {
  State& state = *state_;
  const auto changed = [&] {
    return Error(ErrorCode::damaged, state.path + " was changed while it was read",
                 "nothing of this batch was restored");
  };
  state.file.go_to(batch.place);
  BackupParser parser(state.path, state.contents.header, batch.number);
  while (parser.contents().batches.empty()) {
    if (!state.next(parser, &rows)) throw changed();
  }
  const BackupBatch& found = parser.contents().batches.front();
  if (found.crc != batch.crc || found.rows != batch.rows) throw changed();
}

void BackupFile::read_ahead(const BackupBatch& batch) {
  try {
    state_->file.go_to(batch.place);
  } catch (const Error&) {
    // Who reads it gets there by the same way.
  }
}

}  // namespace akqueue::backup
