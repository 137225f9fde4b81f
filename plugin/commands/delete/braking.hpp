// What holds a deletion back, as a person says it: a rate, how long a transaction takes, and what others may feel.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "cli/command.hpp"
#include "queue/change/brake.hpp"

namespace akqueue::commands {

struct BrakeRequest {
  queue::BrakeLimits limits = {};
  std::optional<std::chrono::milliseconds> batch_time = {};  ///< what a transaction should take
};

/// The options of a command that deletes.
std::vector<Option> with_braking(std::vector<Option> own);

/// Throws Error (usage).
BrakeRequest read_braking(const Options& options);

}  // namespace akqueue::commands
