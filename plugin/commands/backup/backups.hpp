// What the verbs of `backups` share. Each of them stands in a file of its own.
#pragma once

#include <string>

#include "backup/kept_backups.hpp"
#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command backups_show_verb();
cli::Command backups_verify_verb();
cli::Command backups_prune_verb();

/// A name among the backups of this machine, the id that one begins with (`20261127T230616Z-b36f`), or any path.
/// Throws Error (usage) for the beginning of several.
std::string backup_named(const backup::StateDirectory& state, const std::string& written);

/// What lies among them and is left alone, so that nobody takes it for a backup, or wonders where it is.
void tell_of_others(const cli::Environment& environment, const backup::KeptBackups& kept);

}  // namespace akqueue::commands
