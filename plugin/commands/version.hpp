// kubectl akqueue version
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_version(const Invocation& invocation);

}  // namespace akqueue
