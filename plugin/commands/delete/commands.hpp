// What deletes: flush, delete. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command flush_command();
cli::Command delete_command();

}  // namespace akqueue::commands
