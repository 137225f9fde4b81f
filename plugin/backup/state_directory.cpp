#include "backup/state_directory.hpp"

#include <limits>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/surroundings.hpp"
#include "system/text_file.hpp"

namespace akqueue::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestEntry = 1u << 20;  // bytes; most of it a filter in words and a reason

Error error_of(const std::string& what, const fs::path& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't " + what + " " + system::text_of(path) + ": " + failure.what(),
               failure.no_room ? "free some space on its disk, then run the command again"
                               : "set XDG_STATE_HOME to another place, or use --no-backup");
}

/// Part of a line may have been written. If it can't be removed, the next line ends it.
void take_back(system::File& file, std::int64_t end) noexcept {
  try {
    file.truncate(end);
  } catch (const system::FileFailure&) { return; }
}

}  // namespace

fs::path StateDirectory::usual_root() {
  const fs::path state = system::usual_state_folder();
  return state.empty() ? state : state / "akqueue";
}

void StateDirectory::check_known() const {
  if (root_.empty())
    throw Error(ErrorCode::system, std::string(system::kStateVariables) + " says where to keep backups and the history",
                "set one of them");
}

void StateDirectory::prepare() const {
  check_known();
  for (const fs::path& path : {root_, backups()}) {
    std::string doing = "look above";
    try {
      system::check_folders_above(path);
      doing = "make";
      system::make_private_folder(path);
      doing = "write into";
      system::check_private_folder(path);
    } catch (const system::FileFailure& failure) { throw error_of(doing, path, failure); }
  }
}

void StateDirectory::append_history(const std::string& line) const {
  try {
    system::File file = system::File::append(history());
    file.lock();
    // A line that a killed process left unfinished is ended first.
    const std::int64_t end = file.size();
    const bool half = end > 0 && file.byte_at(end - 1) != '\n';
    try {
      file.write((half ? "\n" : "") + line + "\n");
      file.sync();
    } catch (const system::FileFailure&) {
      take_back(file, end);
      throw;
    }
  } catch (const system::FileFailure& failure) { throw error_of("write", history(), failure); }
}

std::vector<std::string> StateDirectory::read_history() const {
  check_known();
  std::error_code failure;
  const fs::file_status found = fs::symlink_status(history(), failure);
  if (!fs::exists(found) && failure == std::errc::no_such_file_or_directory) return {};
  std::vector<std::string> lines;
  try {
    system::each_line(history(), kLongestEntry, [&](std::string_view line) { lines.emplace_back(line); });
  } catch (const system::FileFailure& wrong) {
    throw Error(ErrorCode::system, "can't read " + system::text_of(history()) + ": " + wrong.what(),
                "look at what is there, or set XDG_STATE_HOME to another place");
  }
  return lines;
}

void StateDirectory::replace(const fs::path& file, const std::string& text) {
  try {
    system::replace_file(file, text, system::Reaches::readers);
  } catch (const system::FileFailure& wrong) { throw error_of("write", file, wrong); }
}

void StateDirectory::check_readable(const fs::path& file) {
  try {
    system::check_own_file(file);
  } catch (const system::FileFailure& failure) {
    throw Error(ErrorCode::system, "can't read " + system::text_of(file) + ": " + failure.what());
  }
}

std::int64_t StateDirectory::free_bytes(const fs::path& path) {
  std::error_code failure;
  const fs::space_info space = fs::space(path, failure);
  const auto most = static_cast<std::uintmax_t>(std::numeric_limits<std::int64_t>::max());
  return failure || space.available > most ? std::numeric_limits<std::int64_t>::max()
                                           : static_cast<std::int64_t>(space.available);
}

}  // namespace akqueue::backup
