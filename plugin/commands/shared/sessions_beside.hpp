// More sessions with a site that was entered, for work that several share.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "akqueue/command_line.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// What --jobs says: how many sessions, from 1 to kMostJobs. Throws Error (usage).
std::optional<int> read_jobs(const Options& options);
/// Each session holds a part of its batch in memory.
inline constexpr int kMostJobs = 4;

/// So many more sessions with the database of `site`, each by a `kubectl exec` of its own into the same pod. They may
/// be used in other threads than the site's. Fewer where one can't be opened, or leads to another database: that is
/// said, and is no error. Throws Error (interrupted).
std::vector<std::unique_ptr<session::Session>> open_beside(const cli::Environment& environment, const Cluster& cluster,
                                                           const Site& site, std::size_t more);

}  // namespace akqueue::commands
