// More sessions with a site that was entered, for work that several share.
#pragma once

#include <memory>
#include <vector>

#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// So many more sessions with the database of `site`, each by a `kubectl exec` of its own into the same pod. They may
/// be used in other threads than the site's. Fewer where one can't be opened, or leads to another database: that is
/// said, and is no error. Throws Error (interrupted).
std::vector<std::unique_ptr<session::Session>> open_beside(const cli::Environment& environment, const Cluster& cluster,
                                                           const Site& site, std::size_t more);

}  // namespace akqueue::commands
