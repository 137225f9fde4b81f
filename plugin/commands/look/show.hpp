// kubectl akqueue show
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_show(const Invocation& invocation);

}  // namespace akqueue
