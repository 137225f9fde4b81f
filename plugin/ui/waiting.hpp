// How a wait shows that it goes on: one line with the time that has passed, redrawn on a terminal; elsewhere a plain
// line at first and then every ten seconds.
#pragma once

#include "system/clock.hpp"
#include "ui/drawn_line.hpp"

namespace akqueue::ui {

class WaitingLine {
 public:
  WaitingLine(Terminal& terminal, const system::Clock& clock)
      : terminal_(terminal), clock_(clock), started_(clock.now()), line_(terminal) {}

  void update(const Text& words);
  /// Takes the line away: what follows stands in its place.
  void clear() { line_.clear(); }

 private:
  Terminal& terminal_;
  const system::Clock& clock_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_{};
  DrawnLine line_;
};

}  // namespace akqueue::ui
