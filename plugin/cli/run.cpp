#include "cli/run.hpp"

#include <algorithm>

#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "ui/errors.hpp"

namespace akqueue {
namespace {

/// As a shell says of a program that wrote into a pipe without a reader.
constexpr int kOutputClosed = 141;

/// For shells, in the way of kubectl's own commands: `kubectl-akqueue __complete WORD...`.
constexpr std::string_view kComplete = "__complete";

/// Whatever goes wrong, a shell that completes a line is in the middle of a person's typing: nothing of it is said.
int print_completion(const std::vector<std::string>& words, Environment& environment, const LiveValues& live_values) {
  Completion completion;
  try {
    completion = complete(words, live_values(environment));
  } catch (const std::exception&) { completion = {}; }
  environment.terminal.out(completion.to_text());
  return 0;
}

const Command& command_of(const std::string& name) {
  if (const Command* command = find_command(name)) return *command;
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "unknown command '" + name + "'",
              near ? "did you mean kubectl akqueue " + *near + "?" : "kubectl akqueue help lists the commands");
}

int run_command(const Command& command, const std::vector<std::string>& args, Environment& environment) {
  // Wherever --help stands, and whatever else is wrong with the line, it is a question.
  const auto dashes = std::ranges::find(args, "--");
  if (std::find_if(args.begin(), dashes, [](const std::string& arg) { return arg == "--help" || arg == "-h"; }) !=
      dashes) {
    environment.terminal.out(help_of(command));
    return 0;
  }
  const Options options = parse_command_line(options_of(command), args);
  if (options.arguments().size() > command.most_arguments) {
    throw Error(ErrorCode::usage, "unexpected argument '" + options.arguments()[command.most_arguments] + "'",
                "kubectl akqueue " + std::string(command.name) + " --help shows what it takes");
  }
  return command.run({command, options, environment});
}

int dispatch(const std::vector<std::string>& args, Environment& environment, const LiveValues& live_values) {
  if (args.empty() || args[0] == "--help" || args[0] == "-h") {
    environment.terminal.out(help_of_all());
    return 0;
  }
  if (args[0] == kComplete) return print_completion({args.begin() + 1, args.end()}, environment, live_values);
  if (args[0] == "--version") return run_command(*find_command("version"), {"--client"}, environment);
  if (args[0].starts_with("-")) {
    throw Error(ErrorCode::usage, "the command comes first, before '" + args[0] + "'",
                "kubectl akqueue COMMAND " + args[0] + " …; kubectl akqueue help lists the commands");
  }
  return run_command(command_of(args[0]), {args.begin() + 1, args.end()}, environment);
}

}  // namespace

std::vector<std::string> command_line_of(std::string_view program, std::vector<std::string> args) {
  if (is_completer(program)) args.insert(args.begin(), std::string(kComplete));
  return args;
}

int run(const std::vector<std::string>& args, Environment& environment, const LiveValues& live_values) {
  try {
    return dispatch(args, environment, live_values);
  } catch (const OutputClosed&) { return kOutputClosed; } catch (const std::exception& thrown) {
    const Error error = as_error(thrown);
    print_error(environment.terminal, error);
    return error_kind(error.code()).exit_status;
  }
}

}  // namespace akqueue
