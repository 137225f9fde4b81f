// `workers -A`: the workers of every authentik of the cluster.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

/// With --watch until Ctrl-C. The exit status: 4 where some site could not be looked at, 1 where none could.
int run_workers_everywhere(const Invocation& invocation);

}  // namespace akqueue
