#include "commands/pausing.hpp"

#include <algorithm>
#include <thread>

namespace akqueue {

bool pause_for(const World& world, std::chrono::milliseconds duration) {
  constexpr std::chrono::milliseconds kStep{50};
  const auto end = world.clock.now() + duration;
  while (!world.interrupts.requested()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - world.clock.now());
    if (left.count() <= 0) return true;
    std::this_thread::sleep_for(std::min(kStep, left));
  }
  return false;
}

}  // namespace akqueue
