// What was done, for others to read: with --record, on the server's deployment (cluster/shared_record.hpp).
#pragma once

#include "backup/history.hpp"
#include "cli/command.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// Notes `entry`, which ended so, on the server's deployment of `site`, which `request` led to. Says where, or why it
/// could not: what was done is done either way. One `kubectl patch`.
void share(const cli::Environment& environment, const SiteRequest& request, const Site& site,
           const backup::HistoryEntry& entry, std::int64_t tasks, const std::string& ending);

}  // namespace akqueue::commands
