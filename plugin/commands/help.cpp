#include "commands/others.hpp"

#include "akqueue/error.hpp"
#include "cli/help.hpp"
#include "cli/man.hpp"

namespace akqueue {
namespace {

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
  if (command == nullptr)
    throw Error(ErrorCode::usage, "unknown command '" + name + "'", "kubectl akqueue help lists the commands");
  terminal.out(help_of(*command));
  return 0;
}

}  // namespace

Command help_command() {
  return {
      .name = "help",
      .group = "Other",
      .summary = "Explain a command",
      .arguments = "[COMMAND]",
      .most_arguments = 1,
      .description = "Without COMMAND: the list of commands.",
      .options = {{"markdown", 0, "", "all commands as one page, as in docs/commands.md"},
                  {"man", 0, "", "the man page kubectl-akqueue(1), for man -l -"}},
      .examples = {{"help flush", "the same as flush --help"}, {"help --man", "everything at once; man -l - shows it"}},
      .outputs = "",
      .enters_cluster = false,
      .run = run_help};
}

}  // namespace akqueue
