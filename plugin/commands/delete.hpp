// kubectl akqueue delete
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_delete(const Invocation& invocation);

}  // namespace akqueue
