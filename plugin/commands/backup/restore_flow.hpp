// What restore and undo share: a backup is checked, what it would bring back is shown, asked for, and put back.
#pragma once

#include <string>

#include "commands/backup/restore_request.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/restore.hpp"

namespace akqueue::commands {

struct Restoring {
  backup::BackupFile file;  ///< checked
  RestoreRequest request = {};
  std::string undoes = {};        ///< the history's entry that this takes back
  std::string undoes_words = {};  ///< what it was: id, time, command, tasks, reason
  bool further_back = false;      ///< a later one is undone already
};

/// Throws Error (refused) where the database takes no changes.
void refuse_standby(const Site& site);

/// The whole of it on an entered site. Returns the exit status.
int restore_with_questions(const cli::Environment& environment, Site& site, Restoring& restoring);

}  // namespace akqueue::commands
