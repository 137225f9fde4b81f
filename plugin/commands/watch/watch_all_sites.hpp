// `watch -A`: where the queues of all authentiks of a cluster are going, each over a connection of its own.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

/// A site that can't be entered, or is lost, is tried again for as long as the others are watched. The exit status is
/// that of watch; 4 where some site was never read, 1 where none was.
int run_watch_everywhere(const Invocation& invocation);

}  // namespace akqueue
