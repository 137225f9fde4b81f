#include "cli/help.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "cli/help_parts.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string indented(std::string_view text, std::string_view indent) {
  std::string result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    result += (line.empty() ? "" : std::string(indent) + std::string(line)) + "\n";
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return result;
}

std::string written(const Option& option) {
  std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
  text += "--" + std::string(option.name);
  if (!option.argument.empty()) text += " " + std::string(option.argument);
  return text;
}

std::string option_lines(std::span<const Option> options) {
  std::size_t width = 0;
  for (const Option& option : options) width = std::max(width, written(option).size());
  std::string text;
  for (const Option& option : options) text += "  " + padded(written(option), width) + "  " + meaning_of(option) + "\n";
  return text;
}

/// The longest name, and two blanks.
constexpr std::size_t kNameWidth = 12;

constexpr std::string_view kFlagsNote =
    "Options stand behind `kubectl akqueue`: kubectl refuses flags before a plugin's name.\n";

std::string exit_statuses(std::string_view indent) {
  return std::string(indent) +
         "0 done; 1 failed; 2 wrong usage; 3 refused or declined; 4 ended early with part done;\n" +
         std::string(indent) + "5 a condition does not hold; 130 interrupted\n";
}

}  // namespace

std::string help_of_all() {
  std::string text =
      "Looks after authentik's task queue: shows what is in it, and clears the right part of it.\n"
      "\nUsage:\n  kubectl akqueue COMMAND [ARGUMENTS] [OPTIONS]\n";
  for_each_group([&](std::string_view group, const std::vector<const Command*>& members) {
    text += "\n" + std::string(group) + ":\n";
    for (const Command* command : members)
      text += "  " + padded(command->name, kNameWidth) + std::string(command->summary) + "\n";
  });
  text += "\nkubectl akqueue COMMAND --help explains a command, with examples.\n" + std::string(kFlagsNote);
  return text;
}

std::string help_of(const Command& command) {
  std::string text = std::string(command.summary) + ".\n\nUsage:\n  " + usage_of(command) + "\n\n" +
                     std::string(command.description) + "\n";
  if (!command.examples.empty()) text += "\nExamples:\n";
  for (const Example& example : command.examples) {
    text += "  # " + std::string(example.meaning) + "\n  kubectl akqueue " + std::string(example.line) + "\n";
  }
  const std::vector<Option> own = own_options(command);
  if (!own.empty()) text += "\nOptions:\n" + option_lines(own);
  text += "\nOptions of every command:\n" + option_lines(shared_options(command));
  text += "\nExit status:\n" + exit_statuses("  ");
  return text;
}

std::string reference_page() {
  std::string page =
      "# Commands\n\nMade from the command table by `kubectl-akqueue help --markdown`; a test fails when this page "
      "differs.\n";
  for_each_group([&](std::string_view group, const std::vector<const Command*>& members) {
    page += "\n## " + std::string(group) + "\n";
    for (const Command* command : members) {
      page += "\n### " + std::string(command->name) + "\n\n" + std::string(command->summary) + ".\n\n    " +
              usage_of(*command) + "\n\n" + std::string(command->description) + "\n";
      if (!command->examples.empty()) page += "\nExamples:\n\n";
      for (const Example& example : command->examples) {
        page += "    kubectl akqueue " + padded(example.line, 50) + "  # " + std::string(example.meaning) + "\n";
      }
      const std::vector<Option> own = own_options(*command);
      if (!own.empty()) page += "\nOptions:\n\n" + indented(option_lines(own), "  ");
    }
  });
  const Command& any = *find_command("status");
  page += "\n## Options of every command\n\n" + indented(option_lines(shared_options(any)), "  ");
  page += "\n## Exit status\n\n| status | error | meaning |\n| --- | --- | --- |\n| 0 | | done |\n";
  for (const ErrorKind& kind : error_kinds()) {
    page += "| " + std::to_string(kind.exit_status) + " | `" + std::string(kind.name) + "` | " +
            std::string(kind.meaning) + " |\n";
  }
  return page;
}

}  // namespace akqueue
