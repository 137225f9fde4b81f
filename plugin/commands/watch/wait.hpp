// `wait`: until a condition holds, for scripts.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_wait(const Invocation& invocation);

}  // namespace akqueue
