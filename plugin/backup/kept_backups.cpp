#include "backup/kept_backups.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "backup/format.hpp"
#include "backup/gzip_file.hpp"
#include "system/paths.hpp"

namespace akqueue::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> kEndings{kBackupEnding, ".jsonl.gz"};  // of version 1

bool fits(std::string_view text, std::string_view pattern) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char wanted = pattern[i];
    const bool good = wanted == '9'   ? kDigits.find(text[i]) != std::string_view::npos
                      : wanted == 'f' ? kHexadecimal.find(text[i]) != std::string_view::npos
                                      : text[i] == wanted;
    if (!good) return false;
  }
  return true;
}

enum class Beginning { of_a_backup, of_one_being_written, of_something_else, unread };

/// `found` gets what the header tells.
Beginning read_beginning(const std::string& path, KeptBackup& found) {
  try {
    GzipReader file(system::File::read(system::path_of(path)), path);
    const auto header = file.line();
    if (!header) return Beginning::of_something_else;
    const auto object = parse_foreign<ForeignJson>(*header);
    if (!object.is_object() || !object.contains(kBackupMark)) return Beginning::of_something_else;
    if (const auto what = object.find("filter"); what != object.end() && what->is_string())
      found.what = what->get<std::string>();
    if (const auto tasks = object.find("expected"); tasks != object.end() && tasks->is_number_integer())
      found.expected = tasks->get<std::int64_t>();
    return file.locked() ? Beginning::of_one_being_written : Beginning::of_a_backup;
  } catch (const system::FileFailure&) { return Beginning::unread; } catch (const Error& error) {
    return error.code() == ErrorCode::system ? Beginning::unread : Beginning::of_something_else;
  }
}

void look_at(const fs::directory_entry& entry, KeptBackups& found) {
  const std::string name = system::text_of(entry.path().filename());
  std::error_code failure;
  const bool regular = entry.symlink_status(failure).type() == fs::file_type::regular;
  const auto bytes = regular ? entry.file_size(failure) : 0;
  const auto changed = regular && !failure ? entry.last_write_time(failure) : fs::file_time_type();
  if (failure == std::errc::no_such_file_or_directory) return;  // removed meanwhile
  const std::string path = system::text_of(entry.path());
  const bool candidate = !failure && regular && named_like_a_backup(name);
  KeptBackup kept{.path = path, .name = name, .bytes = static_cast<std::int64_t>(bytes), .what = {}, .expected = {}};
  const Beginning beginning = candidate ? read_beginning(path, kept) : Beginning::of_something_else;
  kept.being_written = beginning == Beginning::of_one_being_written;
  if (beginning != Beginning::of_a_backup && !kept.being_written) {
    (beginning == Beginning::unread ? found.unread : found.others).push_back(name);
    return;
  }
  kept.age_s = std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - changed).count();
  found.files.push_back(std::move(kept));
}

}  // namespace

bool named_like_a_backup(const std::string& name) {
  return fits(name, "99999999T999999Z-ffff-") &&
         std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

KeptBackups find_kept_backups(const StateDirectory& state) {
  state.check_known();
  KeptBackups found;
  std::error_code failure;
  fs::directory_iterator entries(state.backups(), failure);
  if (failure == std::errc::no_such_file_or_directory) return found;
  while (!failure && entries != fs::directory_iterator()) {
    look_at(*entries, found);
    entries.increment(failure);
  }
  if (failure)
    throw Error(ErrorCode::system, "can't read " + system::text_of(state.backups()) + ": " + failure.message(),
                "XDG_STATE_HOME names another place");
  // The names begin with the time.
  std::ranges::sort(found.files, std::greater<>(), &KeptBackup::name);
  std::ranges::sort(found.others);
  std::ranges::sort(found.unread);
  return found;
}

}  // namespace akqueue::backup
