#include "cli/run.hpp"

#include <algorithm>

#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/line.hpp"
#include "cli/table_options.hpp"
#include "cli/typed_line.hpp"
#include "ui/errors.hpp"

namespace akqueue::cli {
namespace {

/// What shells report for a program that wrote into a pipe without a reader.
constexpr int kOutputClosed = 141;

/// For shells, as kubectl's own commands do it: `kubectl-akqueue __complete WORD...`.
constexpr std::string_view kComplete = "__complete";

/// Says nothing, whatever goes wrong: a person is in the middle of typing a line.
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
  std::vector<std::string> names = names_of(all_commands());
  for (const Command& command : all_commands())
    names.insert(names.end(), command.short_names.begin(), command.short_names.end());
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "unknown command '" + name + "'",
              near ? "did you mean kubectl akqueue " + *near + "?" : "kubectl akqueue help lists the commands");
}

/// The row whose help a line asks for; null if it does not ask. --help counts wherever it is, and whatever else is
/// wrong with the line; after a command with verbs, `help` does too.
const Command* help_wanted(const Command& command, const std::vector<std::string>& args) {
  const std::vector<std::string> words(args.begin(), std::ranges::find(args, "--"));
  const bool word = !command.verbs.empty() && !words.empty() && words.front() == "help";
  if (!word && std::ranges::none_of(words, [](const auto& one) { return one == "--help" || one == "-h"; }))
    return nullptr;
  for (const std::string& one : words) {
    if (const Command* const verb = find_verb(command, one)) return verb;
  }
  return &command;
}

/// What a line that was not understood, or was refused, has left as it was; empty for a command that only looks.
std::string_view left_alone_by(const Command& row) {
  switch (row.effect) {
    case Effect::looks: return {};
    case Effect::changes: return "nothing was changed";
    case Effect::restores: return "nothing was restored";
    case Effect::destroys: return "nothing was deleted";
  }
  return {};
}

/// Runs `call` for `row`. What is wrong with the line is found before anything is done, and whatever is refused or
/// declined is so before that is done which the row is for.
template <class Call>
auto said_of(const Command& row, const Call& call) {
  try {
    return call();
  } catch (const Error& error) {
    const std::string_view left = left_alone_by(row);
    const std::string_view words = error.what();
    const bool said = words.find("nothing was ") != words.npos || words.find("no backup was ") != words.npos;
    const bool before =
        error.code() == ErrorCode::usage || error.code() == ErrorCode::refused || error.code() == ErrorCode::declined;
    if (!before || left.empty() || said) throw;
    throw ui::with_what_is_so(error, std::string(left));
  }
}

int run_command(const Command& command, const std::vector<std::string>& args, Environment& environment) {
  if (const Command* const wanted = help_wanted(command, args)) {
    environment.terminal.out(page_of(*wanted));
    return 0;
  }
  const CommandLine line = said_of(command, [&] { return read_command_line(command, args); });
  environment.terminal.draw_tables(said_of(line.row, [&] { return table_style_of(line.options); }));
  return said_of(line.row, [&] { return line.row.run({line.row, line.options, environment}); });
}

/// Options alone: kubectl shows its help for those that only say where.
int run_without_command(const std::vector<std::string>& args, Environment& environment) {
  const auto given = [&](std::string_view word) { return std::ranges::find(args, word) != args.end(); };
  if (args.empty() || given("--help") || given("-h")) {
    environment.terminal.out(help_of_all());
    return 0;
  }
  if (given("--version")) return run_command(*find_command("version"), {"--client"}, environment);
  throw Error(ErrorCode::usage, "no command is given, only options", "kubectl akqueue help lists the commands");
}

int dispatch(const std::vector<std::string>& args, Environment& environment, const LiveValues& live_values) {
  if (!args.empty() && args[0] == kComplete)
    return print_completion({args.begin() + 1, args.end()}, environment, live_values);
  const std::vector<std::string> words = command_first(args);
  if (words.empty() || words[0].starts_with("-")) return run_without_command(words, environment);
  return run_command(command_of(words[0]), {words.begin() + 1, words.end()}, environment);
}

}  // namespace

std::string remembered_line(const std::vector<std::string>& args) {
  constexpr std::string_view kSecret = "--token";
  std::string line = "kubectl akqueue";
  bool secret = false;
  for (const std::string& arg : args) {
    const bool value_too = arg.starts_with(std::string(kSecret) + "=");
    line += " " + (secret ? "…" : value_too ? std::string(kSecret) + "=…" : shell_word(arg));
    secret = arg == kSecret;
  }
  return line;
}

std::vector<std::string> command_line_of(std::string_view program, std::vector<std::string> args) {
  if (is_completer(program)) args.insert(args.begin(), std::string(kComplete));
  return args;
}

int run(const std::vector<std::string>& args, Environment& environment, const LiveValues& live_values) {
  environment.command_line = remembered_line(args);
  try {
    return dispatch(args, environment, live_values);
  } catch (const ui::OutputClosed&) { return kOutputClosed; } catch (const std::exception& thrown) {
    const Error error = ui::as_error(thrown);
    ui::print_error(environment.terminal, error);
    return error_kind(error.code()).exit_status;
  }
}

}  // namespace akqueue::cli
