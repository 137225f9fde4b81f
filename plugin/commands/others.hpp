// Commands that belong to no family: rbac, version, options, help. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command rbac_command();
cli::Command version_command();
cli::Command options_command();
cli::Command help_command();

}  // namespace akqueue::commands
