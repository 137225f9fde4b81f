// The table of what went: actors down, states across.
#pragma once

#include <string>

#include "queue/batch.hpp"
#include "ui/terminal.hpp"

namespace akqueue {

/// States in the order of a task's life, the actors with the most first, the rest in one line. Empty for an empty tally.
std::string draw_deleted(const Terminal& terminal, const Tally& tally);

}  // namespace akqueue
