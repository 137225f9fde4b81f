#include "system/pause.hpp"

#include <algorithm>

namespace akqueue::system {

bool pause_for(const Clock& clock, const Interrupts& interrupts, std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kStep{50};
  const auto end = clock.now() + duration;
  while (!interrupts.requested() && !interrupts.at_once()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.now());
    if (left.count() <= 0) return true;
    clock.sleep(std::min(kStep, left));
  }
  return false;
}

}  // namespace akqueue::system
