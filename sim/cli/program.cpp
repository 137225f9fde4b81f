#include "cli/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "akqueue/error.hpp"

namespace akqueue::sim {
namespace {

/// `akqueue-sim NAME ARGUMENTS [options]`.
std::string usage_line(const Command& command) {
  std::string line = "akqueue-sim " + std::string(command.name);
  if (!command.arguments.empty()) line += " " + std::string(command.arguments);
  if (!command.options.empty()) line += " [options]";
  return line;
}

std::string option_text(const Option& option) {
  std::string text = option.letter == 0 ? "    " : std::string("-") + option.letter + ", ";
  text += "--" + std::string(option.name);
  if (!option.argument.empty()) text += " " + std::string(option.argument);
  return text;
}

void append_rows(std::string& text, const std::vector<std::pair<std::string, std::string_view>>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  for (const auto& [left, right] : rows)
    text += "  " + left + std::string(width - left.size() + 2, ' ') + std::string(right) + "\n";
}

const Command& find_command(std::string_view name) {
  const auto all = commands();
  const auto found = std::ranges::find(all, name, &Command::name);
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const Command& command : all) names.emplace_back(command.name);
  const auto near = nearest(name, names);
  throw Error(ErrorCode::usage, "unknown command '" + std::string(name) + "'",
              near ? "did you mean akqueue-sim " + *near + "?" : "akqueue-sim help lists the commands");
}

int dispatch(std::string_view called_as, const std::vector<std::string>& args, const Streams& streams) {
  std::string name = args.empty() ? "help" : args[0];
  std::vector<std::string> rest(args.begin() + (args.empty() ? 0 : 1), args.end());
  if (called_as.substr(called_as.find_last_of('/') + 1) == "kubectl") {
    name = "kubectl";
    rest = args;
  }
  if (name == "--help" || name == "-h") name = "help";
  if (name == "--version") name = "version";
  const Command& command = find_command(name);
  if (command.own_parsing) return command.run({}, rest, streams);
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (std::ranges::any_of(rest, is_help)) {
    streams.out << help_text(name);
    return 0;
  }
  return command.run(parse_command_line(command.options, rest), rest, streams);
}

}  // namespace

std::string help_text(std::string_view name) {
  std::string text;
  std::vector<std::pair<std::string, std::string_view>> rows;
  if (name.empty()) {
    text =
        "akqueue-sim rehearses kubectl akqueue on a replica: a database with authentik's task tables and a cluster\n"
        "around it, in one file.\n\ncommands:\n";
    for (const Command& command : commands())
      rows.emplace_back(std::string(command.name) + " " + std::string(command.arguments), command.summary);
    append_rows(text, rows);
    return text + "\n`akqueue-sim help COMMAND` says more.\n";
  }
  const Command& command = find_command(name);
  text = std::string(command.summary) + "\n\nusage:\n  " + usage_line(command) + "\n";
  for (const Option& option : command.options) rows.emplace_back(option_text(option), option.help);
  if (!rows.empty()) text += "\noptions:\n";
  append_rows(text, rows);
  if (!command.examples.empty()) text += "\nexamples:\n";
  for (const std::string_view example : command.examples) text += "  " + std::string(example) + "\n";
  return text;
}

int run_program(std::string_view called_as, const std::vector<std::string>& args, const Streams& streams) {
  try {
    const int status = dispatch(called_as, args, streams);
    streams.out << std::flush;
    if (!streams.out) throw Error(ErrorCode::system, "can't write the output");
    return status;
  } catch (const Error& error) {
    streams.out << std::flush;
    streams.err << "error: " << error.what() << '\n';
    if (!error.hint().empty()) streams.err << "hint: " << error.hint() << '\n';
    return error_kind(error.code()).exit_status;
  } catch (const std::exception& error) {
    streams.err << "error: " << error.what() << '\n';
    return error_kind(ErrorCode::system).exit_status;
  }
}

}  // namespace akqueue::sim
