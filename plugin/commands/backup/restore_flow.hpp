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
  std::string with = {};          ///< the change that was made for it, and is to be taken back with it
  bool further_back = false;      ///< a later one is undone already
};

/// What was typed, for the tasks of a backup. Names are looked for among those in it: the site may have forgotten them.
/// In a transaction. Throws as queue::resolve() does.
queue::TaskFilter filter_in_backup(const session::Database& database, queue::TaskChoice choice,
                                   const backup::BackupContents& contents);

/// Throws Error (refused) where the database takes no changes.
void refuse_standby(const Site& site);

/// The whole of it on an entered site. Returns the exit status.
int restore_with_questions(const cli::Environment& environment, const Cluster& cluster, Site& site,
                           Restoring& restoring);

}  // namespace akqueue::commands
