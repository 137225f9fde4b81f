// kubectl akqueue backups
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_backups(const Invocation& invocation);

/// Its options.
std::vector<Option> backups_options();

}  // namespace akqueue
