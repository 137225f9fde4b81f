// Where the queue is going: watch, wait. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command watch_command();
cli::Command wait_command();

}  // namespace akqueue::commands
