#include "backup/state_directory.hpp"
#include "cli/run.hpp"
#include "cluster/kept_sites.hpp"
#include "commands/completion/live_values.hpp"
#include "system/surroundings.hpp"
#include "ui/relay.hpp"

int main(int argc, char** argv) {
  akqueue::system::hold_standard_streams();
  akqueue::system::SignalInterrupts interrupts;
  akqueue::ui::SystemTerminal terminal(interrupts);
  const akqueue::system::SteadyClock clock;
  akqueue::ui::Relay relay(terminal, clock);
  akqueue::system::SystemLauncher launcher(interrupts, &relay);
  const akqueue::backup::StateDirectory state(akqueue::backup::StateDirectory::usual_root());
  akqueue::cli::Environment environment{launcher, interrupts, terminal,
                                        clock,    state,      akqueue::cluster::usual_sites_file()};
  return akqueue::cli::run(
      akqueue::cli::command_line_of(argc > 0 ? argv[0] : "", akqueue::system::program_arguments(argc, argv)),
      environment, akqueue::commands::live_values_of);
}
