// kubectl akqueue help
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_help(const Invocation& invocation);

}  // namespace akqueue
