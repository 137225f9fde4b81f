// The commands that put tasks right.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command retry_command();
cli::Command recover_command();

}  // namespace akqueue::commands
