#include "backup/gzip_writer.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

#include "akqueue/error.hpp"
#include "backup/gzip_member.hpp"
#include "backup/write_behind.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"

namespace akqueue::backup {
namespace {

Error write_error(const std::string& what, const std::string& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't " + what + " " + path + ": " + failure.what(),
               failure.no_room ? "free some space, or name another place with --backup-file"
                               : "name another place with --backup-file");
}

/// Some file systems have no locks.
void lock_if_possible(system::File& file) {
  try {
    file.try_lock();
  } catch (const system::FileFailure&) { return; }
}

}  // namespace

struct GzipWriter::State {
  std::string path;
  std::optional<system::File> file;
  std::optional<MemberCompressor> compressor;  ///< none: the bytes as they are
  std::string piece;                           ///< what the thread gets next
  std::atomic<std::int64_t> size = 0;
  std::int64_t synced = 0;  ///< bytes that are on the disk
  bool broken = false;
  std::optional<WriteBehind> behind;  ///< last, so that its thread ends before the others do

  /// What follows a gap could not be read: the file ends where it was whole, and takes nothing more. The thread does
  /// nothing any more when this is called.
  [[noreturn]] void give_up(const system::FileFailure& failure) {
    broken = true;
    try {
      file->truncate(synced);
      size = synced;
    } catch (const system::FileFailure&) {
      // The reader finds the gap by the sums.
    }
    throw write_error("write", path, failure);
  }

  void check() const {
    if (broken) throw Error(ErrorCode::system, path + " can't be written any more", "what is in it can be restored");
  }

  /// On the thread.
  void put(std::string_view text) {
    const std::string_view bytes = compressor ? compressor->member(text) : text;
    file->write(bytes);
    size += static_cast<std::int64_t>(bytes.size());
  }

  template <class Action>
  void guarded(const Action& action) {
    check();
    try {
      action();
    } catch (const system::FileFailure& failure) { give_up(failure); }
  }
};

GzipWriter::GzipWriter(const std::string& path, bool compressed) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.path = path;
  try {
    state.file.emplace(system::File::create(system::path_of(path)));
  } catch (const system::FileFailure& failure) { throw write_error("create", path, failure); }
  try {
    lock_if_possible(*state.file);  // while it is being written nobody restores from it
    if (compressed) state.compressor.emplace();
    state.behind.emplace([&state](std::string_view text) { state.put(text); });
  } catch (...) {
    discard();
    throw;
  }
}

GzipWriter::~GzipWriter() = default;

void GzipWriter::write(std::string_view bytes) {
  State& state = *state_;
  state.guarded([&] {
    while (!bytes.empty()) {
      const std::size_t fits = std::min(bytes.size(), kTextOfMember - state.piece.size());
      state.piece.append(bytes.substr(0, fits));
      bytes.remove_prefix(fits);
      if (state.piece.size() == kTextOfMember) state.behind->give(state.piece);
    }
  });
}

void GzipWriter::write_members(std::string_view members) {
  State& state = *state_;
  state.guarded([&] {
    if (!state.piece.empty()) state.behind->give(state.piece);
    state.behind->wait();
    state.file->write(members);
    state.size += static_cast<std::int64_t>(members.size());
  });
}

void GzipWriter::sync() {
  State& state = *state_;
  state.guarded([&] {
    if (!state.piece.empty()) state.behind->give(state.piece);
    state.behind->wait();
    state.file->sync();
  });
  state.synced = state.size;
}

void GzipWriter::discard() noexcept {
  std::error_code failure;
  std::filesystem::remove(system::path_of(state_->path), failure);
}

std::int64_t GzipWriter::size() const { return state_->size; }

}  // namespace akqueue::backup
