#include "commands/help.hpp"

#include "akqueue/error.hpp"
#include "cli/help.hpp"
#include "cli/man.hpp"

namespace akqueue {

int run_help(const Invocation& invocation) {
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.options.has("markdown")) {
    terminal.out(reference_page());
    return 0;
  }
  if (invocation.options.has("man")) {
    terminal.out(man_page());
    return 0;
  }
  if (invocation.options.arguments().empty()) {
    terminal.out(help_of_all());
    return 0;
  }
  const std::string& name = invocation.options.arguments().front();
  const Command* command = find_command(name);
  if (command == nullptr) throw Error(ErrorCode::usage, "unknown command '" + name + "'", "kubectl akqueue help lists the commands");
  terminal.out(help_of(*command));
  return 0;
}

}  // namespace akqueue
