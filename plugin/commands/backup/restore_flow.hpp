// What restore and undo share: a backup is checked, what it would bring back is shown, asked for, and put back.
#pragma once

#include <string>

#include "commands/shared/recorder.hpp"
#include "queue/change/restore.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue {

/// What restore and undo take beside the file.
struct RestoreRequest {
  TaskChoice choice = {};     ///< which of its tasks
  bool as_rejected = false;   ///< unfinished tasks
  bool drop_columns = false;  ///< that this site's tables lack
  bool other_site = false;    ///< even from another database, where nobody is asked
  bool dry_run = false;
  bool ask = true;
  std::string reason = {};
};

/// Throws Error (usage).
RestoreRequest read_restore_request(const Options& options);

struct Restoring {
  BackupFile file;  ///< checked
  RestoreRequest request;
  std::string undoes;  ///< the history's entry that this takes back
};

/// Throws Error (refused) where the database takes no changes.
void refuse_standby(const Site& site);

/// The whole of it on an entered site. Returns the exit status.
int restore_with_questions(const Invocation& invocation, const Site& site, Restoring& restoring);

/// The options of restore and undo, and what restore alone has.
std::vector<Option> restoring_options();
std::vector<Option> restore_options();

}  // namespace akqueue
