// Taking a change of schedules back.
#pragma once

#include "commands/backup/restore_flow.hpp"

namespace akqueue::commands {

/// The whole of it on an entered site, for the record of such a change. Returns the exit status. Throws Error (usage)
/// for options that choose among tasks, or that mean something only for deletions.
int undo_schedules_with_questions(const cli::Environment& environment, Site& site, Restoring& restoring);

/// After a deletion was taken back: the schedules that were paused for it go on. Says on standard error which, and what
/// fails. Nothing where the record is gone.
void take_back_with(const cli::Environment& environment, const Site& site, const Restoring& restoring);

}  // namespace akqueue::commands
