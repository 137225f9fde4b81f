// How a long deletion shows that it goes on: one line that is redrawn on a terminal, a plain line every ten seconds
// elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "ui/drawn_line.hpp"

namespace akqueue {

/// Abstract so that tests can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point now() const = 0;
  /// Lets so much time pass. Whoever waits long does it in pieces, and looks for Ctrl-C between them.
  virtual void sleep(std::chrono::milliseconds length) const = 0;
};

class SteadyClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const override { return std::chrono::steady_clock::now(); }
  void sleep(std::chrono::milliseconds length) const override { std::this_thread::sleep_for(length); }
};

class ProgressLine {
 public:
  ProgressLine(Terminal& terminal, const Clock& clock) : terminal_(terminal), clock_(clock), started_(clock.now()), line_(terminal) {}

  /// `state`: `deleting`, `waiting for locks`, `ending after this batch`.
  void update(std::int64_t done, std::int64_t expected, const std::string& state);

 private:
  std::string words(std::int64_t done, std::int64_t expected, const std::string& state) const;

  Terminal& terminal_;
  const Clock& clock_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_{};
  std::string last_state_;
  DrawnLine line_;
};

}  // namespace akqueue
