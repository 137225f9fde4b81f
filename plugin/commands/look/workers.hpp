// `kubectl akqueue workers`: the workers' pods, and whether they are still being killed.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace akqueue {

std::vector<Option> workers_options();
int run_workers(const Invocation& invocation);

}  // namespace akqueue
