// The outside world of a command, for tests: a terminal that remembers, a clock that never waits, a state directory of
// its own.
#pragma once

#include "backup/state_directory.hpp"
#include "cli/command.hpp"
#include "fakes.hpp"
#include "system/scratch.hpp"

namespace akqueue::testing {

struct Outside {
  /// `launcher` plays the programs that are started; it may be a part of what is made of this, and be made later.
  explicit Outside(system::Launcher& launcher)
      : environment{launcher, interrupts, terminal, clock, state, scratch.path() / "config" / "config.json"} {}

  std::chrono::seconds passed() const { return std::chrono::duration_cast<std::chrono::seconds>(clock.at - began); }

  FakeInterrupts interrupts;
  FakeTerminal terminal;
  FakeClock clock;
  std::chrono::steady_clock::time_point began = clock.at;
  Scratch scratch;
  backup::StateDirectory state{scratch.path() / "state"};
  cli::Environment environment;
};

}  // namespace akqueue::testing
