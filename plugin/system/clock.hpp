// The time that passes while a command works, and waiting.
#pragma once

#include <chrono>
#include <thread>

namespace akqueue::system {

/// Abstract so that tests can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point now() const = 0;
  /// Waits so long. A caller that waits long does so in pieces, and checks for Ctrl-C between them.
  virtual void sleep(std::chrono::milliseconds length) const = 0;
};

class SteadyClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const override { return std::chrono::steady_clock::now(); }
  void sleep(std::chrono::milliseconds length) const override { std::this_thread::sleep_for(length); }
};

}  // namespace akqueue::system
