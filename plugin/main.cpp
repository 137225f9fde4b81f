#include "cli/run.hpp"

int main(int argc, char** argv) {
  akqueue::SignalInterrupts interrupts;
  akqueue::SystemLauncher launcher(interrupts);
  akqueue::SystemTerminal terminal(interrupts);
  akqueue::SteadyClock clock;
  akqueue::World world{launcher, interrupts, terminal, clock};
  return akqueue::run({argv + 1, argv + argc}, world);
}
