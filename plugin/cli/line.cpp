#include "cli/line.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"

namespace akqueue::cli {
namespace {

bool takes(const Command& row, std::string_view option) {
  const std::vector<Option> accepted = options_of(row);
  return std::ranges::find(accepted, option, &Option::name) != accepted.end();
}

/// `given` was read with the options of all verbs.
void refuse_options_of_others(const Command& command, const Command& verb, const Options& given) {
  for (const Option& option : options_of(command)) {
    if (!given.has(option.name) || takes(verb, option.name)) continue;
    std::vector<std::string> takers;
    for (const Command& other : command.verbs) {
      if (takes(other, option.name)) takers.push_back(other.full_name());
    }
    throw Error(ErrorCode::usage, verb.full_name() + " does not take --" + std::string(option.name),
                "kubectl akqueue " + joined(takers, " and ") + (takers.size() == 1 ? " takes it" : " take it"));
  }
}

CommandLine read_line_of_verb(const Command& command, const std::vector<std::string>& args) {
  // Options may come before the verb, so the line is read with those of all verbs.
  const Options all = parse_command_line(options_of(command), args);
  const bool named = !all.arguments().empty();
  const Command& verb = named ? verb_named(command, all.arguments().front()) : command.verbs.front();
  refuse_options_of_others(command, verb, all);
  CommandLine line{verb, parse_command_line(options_of(verb), args)};
  if (named) line.options.take_argument();
  return line;
}

}  // namespace

CommandLine read_command_line(const Command& command, const std::vector<std::string>& args) {
  CommandLine line = command.verbs.empty() ? CommandLine{command, parse_command_line(options_of(command), args)}
                                           : read_line_of_verb(command, args);
  if (line.options.arguments().size() > line.row.most_arguments) {
    throw Error(ErrorCode::usage, "unexpected argument '" + line.options.arguments()[line.row.most_arguments] + "'",
                "kubectl akqueue " + line.row.full_name() + " --help shows what it takes");
  }
  return line;
}

const Command& verb_named(const Command& command, const std::string& word) {
  if (const Command* const verb = find_verb(command, word)) return *verb;
  if (command.verbs.empty())
    throw Error(ErrorCode::usage, "unexpected argument '" + word + "'",
                std::string(command.name) + " has no verbs: kubectl akqueue help " + std::string(command.name));
  const std::vector<std::string> names = names_of(command.verbs);
  const auto near = nearest(word, names);
  throw Error(ErrorCode::usage, "unknown command '" + std::string(command.name) + " " + word + "'",
              near ? "did you mean kubectl akqueue " + std::string(command.name) + " " + *near + "?"
                   : listed_words(names, "or"));
}

std::vector<std::string> names_of(std::span<const Command> rows) {
  std::vector<std::string> names;
  for (const Command& row : rows) names.emplace_back(row.name);
  return names;
}

}  // namespace akqueue::cli
