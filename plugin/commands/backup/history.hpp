// kubectl akqueue history
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_history(const Invocation& invocation);

}  // namespace akqueue
