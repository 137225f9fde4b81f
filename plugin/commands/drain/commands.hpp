// The workers down, a deletion, the workers back: drain. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command drain_command();

}  // namespace akqueue::commands
