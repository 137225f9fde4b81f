// Doing nothing for a while, unless the person interrupts.
#pragma once

#include <chrono>

#include "system/clock.hpp"
#include "system/interrupts.hpp"

namespace akqueue {

/// False when an interrupt ended it.
bool pause_for(const Clock& clock, const Interrupts& interrupts, std::chrono::milliseconds duration);

}  // namespace akqueue
