// The backups in this machine's state directory. Everything else in it belongs to somebody else: it is named, and left
// alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/state_directory.hpp"

namespace akqueue::backup {

inline constexpr std::string_view kBackupEnding = ".tasks.gz";

struct KeptBackup {
  std::string path;
  std::string name;  ///< without its folder
  std::int64_t bytes = 0;
  std::int64_t age_s = 0;
  std::string what;                      ///< the filter in words, as its header has it
  std::optional<std::int64_t> expected;  ///< how many tasks its command meant to write; earlier builds don't tell
  bool being_written = false;            ///< by a command that is still running on this machine
};

struct KeptBackups {
  std::vector<KeptBackup> files;    ///< the newest first
  std::vector<std::string> others;  ///< names of what is not a backup: other files, folders, links, pipes
  std::vector<std::string> unread;  ///< names of what may be one and can't be read
};

/// A backup is a regular file with a name that we give (`20261124T033001Z-1f2e-NAMESPACE-COMMAND.tasks.gz`) whose first
/// line is a backup's header, of any version. None if there is no folder yet. Throws Error (system) if it can't
/// be read.
KeptBackups find_kept_backups(const StateDirectory& state);

/// Whether we could have made a file of that name.
bool named_like_a_backup(const std::string& name);

}  // namespace akqueue::backup
