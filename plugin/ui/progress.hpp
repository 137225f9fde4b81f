// How a long deletion shows that it goes on: one line that is redrawn on a terminal, a plain line every ten seconds
// elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "system/clock.hpp"
#include "ui/drawn_line.hpp"

namespace akqueue::ui {

class ProgressLine {
 public:
  ProgressLine(Terminal& terminal, const system::Clock& clock)
      : terminal_(terminal), clock_(clock), started_(clock.now()), line_(terminal) {}

  /// `state`: `deleting`, `waiting for locks`, `ending after this batch`.
  void update(std::int64_t done, std::int64_t expected, const std::string& state);

 private:
  Text words(std::int64_t done, std::int64_t expected, const std::string& state) const;

  Terminal& terminal_;
  const system::Clock& clock_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_{};
  std::string last_state_;
  DrawnLine line_;
};

}  // namespace akqueue::ui
