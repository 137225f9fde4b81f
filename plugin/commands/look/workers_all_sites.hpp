// `workers -A`: the workers of every authentik of the cluster.
#pragma once

#include "commands/look/workers_document.hpp"

namespace akqueue::commands {

/// With --watch until Ctrl-C. The exit status: 4 where some site could not be looked at, 1 where none could.
int workers_of_all_sites(const cli::Environment& environment, const WorkersRequest& request);

}  // namespace akqueue::commands
