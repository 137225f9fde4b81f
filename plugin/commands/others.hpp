// Commands that belong to no family: rbac, version, help. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

Command rbac_command();
Command version_command();
Command help_command();

}  // namespace akqueue
