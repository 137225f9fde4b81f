// The backups in this machine's state directory. Whatever else lies there is somebody else's: it is named, and left
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backup/state_directory.hpp"

namespace akqueue {

inline constexpr std::string_view kBackupEnding = ".tasks.gz";

struct KeptBackup {
  std::string path;
  std::string name;  ///< without its folder
  std::int64_t bytes = 0;
  std::int64_t age_s = 0;
  bool being_written = false;  ///< by a command that runs still on this machine
};

struct KeptBackups {
  std::vector<KeptBackup> files;    ///< the newest first
  std::vector<std::string> others;  ///< names of what is no backup: other files, folders, links, pipes
  std::vector<std::string> unread;  ///< names of what may be one and can't be read
};

/// A backup is a regular file with a name that we give (`20261124T033001Z-1f2e-NAMESPACE-COMMAND.tasks.gz`) whose first
/// line is a backup's header, of any version. None where there is no folder yet. Throws Error (system) where it can't
/// be read.
KeptBackups find_kept_backups(const StateDirectory& state);

/// Whether a file of that name is one that we could have made.
bool named_like_a_backup(const std::string& name);

}  // namespace akqueue
