#include "backup/state_directory.hpp"
#include "cli/run.hpp"
#include "commands/completion/live_values.hpp"
#include "system/surroundings.hpp"

int main(int argc, char** argv) {
  akqueue::hold_standard_streams();
  akqueue::SignalInterrupts interrupts;
  akqueue::SystemLauncher launcher(interrupts);
  akqueue::SystemTerminal terminal(interrupts);
  akqueue::SteadyClock clock;
  const akqueue::StateDirectory state(akqueue::StateDirectory::usual_root());
  akqueue::Environment environment{launcher, interrupts, terminal, clock, state};
  return akqueue::run(akqueue::command_line_of(argc > 0 ? argv[0] : "", akqueue::program_arguments(argc, argv)),
                      environment, akqueue::live_values_of);
}
