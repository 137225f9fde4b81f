// kubectl akqueue top
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_top(const Invocation& invocation);

}  // namespace akqueue
