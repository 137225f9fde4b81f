// kubectl akqueue status
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_status(const Invocation& invocation);

}  // namespace akqueue
