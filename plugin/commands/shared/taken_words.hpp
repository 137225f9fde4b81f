// Whose the tasks are that workers have taken, in words: the same wherever they are counted.
#pragma once

#include <cstdint>

#include "ui/text.hpp"

namespace akqueue::commands {

/// Counts of tasks (queue/filter/in_hand.hpp).
struct TakenCounts {
  std::int64_t held = 0;
  std::int64_t stranded = 0;
  std::int64_t ending = 0;
  std::int64_t orphaned = 0;
};

/// `4 held by live workers, 1 just ending, 2 orphaned`; stranded and ending ones only where there are any.
ui::Text taken_words(const TakenCounts& counts);

}  // namespace akqueue::commands
