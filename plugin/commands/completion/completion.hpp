// `kubectl akqueue completion`: lets kubectl complete what stands behind `kubectl akqueue`.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

std::vector<Option> completion_options();
int run_completion(const Invocation& invocation);

}  // namespace akqueue
