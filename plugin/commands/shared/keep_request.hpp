// What is to be kept of what a command changes.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace akqueue::commands {

/// What was asked for: by which command and why, and where the backup goes.
struct KeepRequest {
  std::string command = {};  ///< as it stands in the history
  Effect effect = Effect::looks;
  std::string reason = {};
  bool share = false;       ///< --record: others can read of it
  bool backup = true;       ///< not --no-backup
  std::string file = {};    ///< --backup-file; empty: the usual place
  std::string change = {};  ///< what it does to rows that stay (queue/change/row_change.hpp); empty: nothing
  /// It takes what live workers hold as well, so that an undo must know.
  bool include_running = false;
};

/// Of --reason, --record, --no-backup and --backup-file. Throws Error (usage).
KeepRequest read_keep_request(const Options& options, const cli::Command& command);

}  // namespace akqueue::commands
