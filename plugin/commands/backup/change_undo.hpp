// Taking a change back: the record is checked, what it was is shown, asked for, and put back row by row.
#pragma once

#include "commands/backup/restore_flow.hpp"

namespace akqueue::commands {

/// The whole of it on an entered site, for the record of a change. Returns the exit status. Throws Error (usage) for
/// options that mean something only for deletions.
int undo_change_with_questions(const cli::Environment& environment, Site& site, Restoring& restoring);

}  // namespace akqueue::commands
