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
std::vector<Option> with_ignored(std::vector<Option> options) {
  options.insert(options.end(), cli::target_options().begin(), cli::target_options().end());
  options.insert(options.end(), cli::kubectl_options().begin(), cli::kubectl_options().end());
  return options;
}

int run_options(const cli::Invocation& invocation) {
  invocation.environment.terminal.out(cli::help_of_options());
  return 0;
}

}  // namespace

cli::Command options_command() {
  return {.name = "options",
          .group = "Other",
          .summary = "Explain the options that every command has",
          .description = "Those that say where the queue is, those that choose tasks, and the exit statuses.",
          .options = with_ignored({}),
          .examples = {{"options", "what a command's own help leaves out"}},
          .enters_cluster = false,
          .run = run_options};
}

cli::Command help_command() {
  return {.name = "help",
          .group = "Other",
          .summary = "Explain a command",
          .arguments = "[COMMAND [VERB]]",
          .most_arguments = 2,
          .description = "Without COMMAND: the list of commands. COMMAND --help says the same on a page.",
          .options = with_ignored({{"markdown", 0, "", "all commands as one page, as in docs/commands.md"},
                                   {"man", 0, "", "the man page kubectl-akqueue(1), for man -l -"}}),
          .examples = {{"help flush", "everything about it; flush --help is a page"},
                       {"help backups verify", "one of a command's verbs"},
                       {"help --man", "everything at once; man -l - shows it"}},
          .outputs = "",
          .enters_cluster = false,
          .run = run_help};
}

}  // namespace akqueue::commands
