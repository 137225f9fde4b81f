// What the shell completes: completion. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command completion_command();

}  // namespace akqueue::commands
