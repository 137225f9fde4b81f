// kubectl akqueue flush
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_flush(const Invocation& invocation);

}  // namespace akqueue
