#include "commands/others.hpp"

#include "akqueue/error.hpp"
#include "cli/help.hpp"
#include "cli/line.hpp"
#include "cli/man.hpp"
#include "cli/typed_line.hpp"

namespace akqueue::commands {
namespace {

/// Of `flush` or `backups verify`.
const cli::Command& row_of(const std::vector<std::string>& words) {
  const cli::Command* const command = cli::find_command(cli::command_first({words.front()}).front());
  if (command == nullptr)
    throw Error(ErrorCode::usage, "unknown command '" + words.front() + "'", "kubectl akqueue help lists the commands");
  return words.size() == 1 ? *command : cli::verb_named(*command, words[1]);
}

int run_help(const cli::Invocation& invocation) {
  ui::Terminal& terminal = invocation.environment.terminal;
  if (invocation.options.has("markdown")) {
    terminal.out(cli::reference_page());
    return 0;
  }
  if (invocation.options.has("man")) {
    terminal.out(ui::Text::lines(cli::man_page()));
    return 0;
  }
  const std::vector<std::string>& words = invocation.options.arguments();
  terminal.out(words.empty() ? cli::help_of_all() : cli::help_of(row_of(words)));
  return 0;
}

/// Those that say where are accepted, and change nothing: an alias may have them before every command.
std::vector<Option> help_options() {
  std::vector<Option> options{{"markdown", 0, "", "all commands as one page, as in docs/commands.md"},
                              {"man", 0, "", "the man page kubectl-akqueue(1), for man -l -"}};
  options.insert(options.end(), cli::target_options().begin(), cli::target_options().end());
  options.insert(options.end(), cli::kubectl_options().begin(), cli::kubectl_options().end());
  return options;
}

}  // namespace

cli::Command help_command() {
  return {.name = "help",
          .group = "Other",
          .summary = "Explain a command",
          .arguments = "[COMMAND [VERB]]",
          .most_arguments = 2,
          .description = "Without COMMAND: the list of commands.",
          .options = help_options(),
          .examples = {{"help flush", "the same as flush --help"},
                       {"help backups verify", "one of a command's verbs"},
                       {"help --man", "everything at once; man -l - shows it"}},
          .outputs = "",
          .enters_cluster = false,
          .run = run_help};
}

}  // namespace akqueue::commands
