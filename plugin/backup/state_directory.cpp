#include "backup/state_directory.hpp"

#include <limits>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/surroundings.hpp"
#include "system/text_file.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestEntry = 1u << 20;  // bytes; a filter in words and a reason are the longest of it

Error error_of(const std::string& what, const fs::path& path, const FileFailure& failure) {
  return Error(ErrorCode::system, "can't " + what + " " + text_of(path) + ": " + failure.what(),
               failure.no_room ? "make room on its disk, then run the command again"
                               : "XDG_STATE_HOME names another place; --no-backup does without");
}

/// A part of a line may have been taken. What can't be taken back is ended by the next line.
void take_back(File& file, std::int64_t end) noexcept {
  try {
    file.truncate(end);
  } catch (const FileFailure&) { return; }
}

}  // namespace

fs::path StateDirectory::usual_root() {
  const fs::path state = usual_state_folder();
  return state.empty() ? state : state / "akqueue";
}

void StateDirectory::check_known() const {
  if (root_.empty())
    throw Error(ErrorCode::system, std::string(kStateVariables) + " says where backups and the history are kept",
                "set one of them");
}

void StateDirectory::prepare() const {
  check_known();
  for (const fs::path& path : {root_, backups()}) {
    std::string doing = "look above";
    try {
      check_folders_above(path);
      doing = "make";
      make_private_folder(path);
      doing = "write into";
      check_private_folder(path);
    } catch (const FileFailure& failure) { throw error_of(doing, path, failure); }
  }
}

void StateDirectory::append_history(const std::string& line) const {
  try {
    File file = File::append(history());
    file.lock();
    // A line that a killed process left half is ended first.
    const std::int64_t end = file.size();
    const bool half = end > 0 && file.byte_at(end - 1) != '\n';
    try {
      file.write((half ? "\n" : "") + line + "\n");
      file.sync();
    } catch (const FileFailure&) {
      take_back(file, end);
      throw;
    }
  } catch (const FileFailure& failure) { throw error_of("write", history(), failure); }
}

std::vector<std::string> StateDirectory::read_history() const {
  check_known();
  std::error_code failure;
  const fs::file_status found = fs::symlink_status(history(), failure);
  if (!fs::exists(found) && failure == std::errc::no_such_file_or_directory) return {};
  std::vector<std::string> lines;
  try {
    each_line(history(), kLongestEntry, [&](std::string_view line) { lines.emplace_back(line); });
  } catch (const FileFailure& wrong) {
    throw Error(ErrorCode::system, "can't read " + text_of(history()) + ": " + wrong.what(),
                "look at what is there; XDG_STATE_HOME names another place");
  }
  return lines;
}

void StateDirectory::replace(const fs::path& file, const std::string& text) const {
  const fs::path beside = path_of(text_of(file) + "." + std::to_string(process_number()));
  std::error_code failure;
  fs::remove(beside, failure);
  try {
    File::create(beside).write(text);
  } catch (const FileFailure& wrong) {
    fs::remove(beside, failure);
    throw error_of("write", beside, wrong);
  }
  fs::rename(beside, file, failure);
  if (!failure) return;
  std::error_code ignored;
  fs::remove(beside, ignored);
  throw Error(ErrorCode::system, "can't write " + text_of(file) + ": " + failure.message());
}

void StateDirectory::check_readable(const fs::path& file) {
  try {
    check_own_file(file);
  } catch (const FileFailure& failure) {
    throw Error(ErrorCode::system, "can't read " + text_of(file) + ": " + failure.what());
  }
}

std::int64_t StateDirectory::free_bytes(const fs::path& path) {
  std::error_code failure;
  const fs::space_info space = fs::space(path, failure);
  const auto most = static_cast<std::uintmax_t>(std::numeric_limits<std::int64_t>::max());
  return failure || space.available > most ? std::numeric_limits<std::int64_t>::max()
                                           : static_cast<std::int64_t>(space.available);
}

}  // namespace akqueue
