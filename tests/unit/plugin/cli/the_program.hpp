// The whole program, with the outside world faked.
#pragma once

#include <string>
#include <vector>

#include "backup/state_directory.hpp"
#include "cli/run.hpp"
#include "commands/completion/live_values.hpp"
#include "fakes.hpp"

namespace akqueue::testing {

struct TheProgram {
  ScriptedLauncher launcher{{}};
  FakeInterrupts interrupts;
  FakeTerminal terminal;
  FakeClock clock;
  backup::StateDirectory state{{}};
  cli::Environment environment{launcher, interrupts, terminal, clock, state};

  int call(const std::vector<std::string>& args) {
    terminal.printed.clear();
    terminal.said.clear();
    return cli::run(args, environment, commands::live_values_of);
  }
};

/// What can be run: commands without verbs, and verbs.
inline std::vector<const cli::Command*> runnable() {
  std::vector<const cli::Command*> rows;
  for (const cli::Command& command : cli::all_commands()) {
    if (command.verbs.empty()) rows.push_back(&command);
    for (const cli::Command& verb : command.verbs) rows.push_back(&verb);
  }
  return rows;
}

}  // namespace akqueue::testing
