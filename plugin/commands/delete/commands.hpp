// What deletes: flush, delete. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

Command flush_command();
Command delete_command();

}  // namespace akqueue
