// kubectl akqueue backups
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_backups(const Invocation& invocation);

}  // namespace akqueue
