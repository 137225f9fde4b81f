// `watch -A`: where the queues of all authentiks of a cluster are going, each over a connection of its own.
#pragma once

#include "commands/watch/watch_request.hpp"

namespace akqueue::commands {

/// A site that can't be entered, or is lost, is tried again for as long as the others are watched. The exit status is
/// that of watch; 4 where some site was never read, 1 where none was.
int watch_all_sites(const cli::Environment& environment, const WatchRequest& request);

}  // namespace akqueue::commands
