// kubectl akqueue list
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_list(const Invocation& invocation);

}  // namespace akqueue
