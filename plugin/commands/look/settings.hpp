// `kubectl akqueue settings`: the workers' settings in force, and where each comes from.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_settings(const Invocation& invocation);

}  // namespace akqueue
