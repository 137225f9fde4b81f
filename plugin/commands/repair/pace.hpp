// How fast tasks are put back: so that a retry is not the next flood.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/command.hpp"

namespace akqueue::commands {

/// `10/s`, `300/m`, `2000/h`: tasks a second. Throws Error (usage) for anything else, and for 0.
double parse_rate(const std::string& text);

class Pace {
 public:
  virtual ~Pace() = default;

  /// How many may be put back next, of `wanted`, after `done` since it began. Waits until at least one may be; 0 where
  /// Ctrl-C ended that.
  virtual std::int64_t allow(std::int64_t done, std::int64_t wanted) = 0;
  /// What holds it back: `held back by --rate`; empty where nothing does.
  virtual std::string brake() const = 0;
};

/// As fast as it goes.
std::unique_ptr<Pace> no_pace();

/// So many a second.
std::unique_ptr<Pace> pace_of_rate(const cli::Environment& environment, double per_second);

/// So many may be put back before it is known how fast workers are.
inline constexpr std::int64_t kPutBackAtOnce = 1000;

/// As fast as workers finish: what waits for them never grows by more than that, or by what they empty between two
/// looks. `waiting` counts what they could take; `held` is called while that holds it back. Throws Error (condition)
/// when they finish nothing for minutes.
std::unique_ptr<Pace> pace_of_workers(const cli::Environment& environment, std::function<std::int64_t()> waiting,
                                      std::function<void()> held);

}  // namespace akqueue::commands
