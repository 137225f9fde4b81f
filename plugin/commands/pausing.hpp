// Doing nothing for a while, unless the person interrupts.
#pragma once

#include <chrono>

#include "cli/command.hpp"

namespace akqueue {

/// False when an interrupt ended it.
bool pause_for(const World& world, std::chrono::milliseconds duration);

}  // namespace akqueue
