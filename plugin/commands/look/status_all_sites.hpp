// `status -A`: a line for each authentik of the cluster.
#pragma once

#include "commands/look/status_document.hpp"

namespace akqueue::commands {

/// The exit status: 4 where some site could not be looked at, 1 where none could.
int status_of_all_sites(const cli::Environment& environment, const StatusRequest& request);

}  // namespace akqueue::commands
