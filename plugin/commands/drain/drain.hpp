// kubectl akqueue drain
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace akqueue {

int run_drain(const Invocation& invocation);

/// Its own options, with those of flush and delete.
std::vector<Option> drain_options();

}  // namespace akqueue
