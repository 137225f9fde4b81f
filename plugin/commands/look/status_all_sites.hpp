// `status -A`: a line for each authentik of the cluster.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

/// The exit status: 4 where some site could not be looked at, 1 where none could.
int run_status_everywhere(const Invocation& invocation);

}  // namespace akqueue
