// How fast tasks are put back: so that a retry is not the next flood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"

namespace akqueue::commands {

/// `10/s`, `300/m`, `2000/h`: tasks a second. Throws Error (usage) for anything else, and for 0.
double parse_rate(const std::string& text);

class Pace {
 public:
  /// Without a rate: as fast as it goes.
  Pace(const cli::Environment& environment, std::optional<double> per_second)
      : environment_(environment), per_second_(per_second), began_(environment.clock.now()) {}

  /// How many may be put back next, of `wanted`, after `done` since it began. Waits until at least one may be; 0 where
  /// Ctrl-C ended that.
  std::int64_t allow(std::int64_t done, std::int64_t wanted) const;
  bool holds() const { return per_second_.has_value(); }

 private:
  const cli::Environment& environment_;
  std::optional<double> per_second_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace akqueue::commands
