// kubectl akqueue backup
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_backup(const Invocation& invocation);

}  // namespace akqueue
