// Waits for a while, unless the user interrupts.
#pragma once

#include <chrono>

#include "system/clock.hpp"
#include "system/interrupts.hpp"

namespace akqueue::system {

/// False if an interrupt ended it, or something else that cuts waits short.
bool pause_for(const Clock& clock, const Interrupts& interrupts, std::chrono::milliseconds duration);

}  // namespace akqueue::system
