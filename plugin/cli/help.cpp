#include "cli/help.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "cli/help_parts.hpp"
#include "ui/text.hpp"

namespace akqueue::cli {
namespace {

/// Each line of `text` that has something on it further to the right.
ui::Text indented(const ui::Text& text, std::string_view indent) {
  std::string result;
  for (std::string_view rest = text.view(); !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (!line.empty()) result += indent;
    (result += line) += '\n';
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return ui::Text::lines(result);
}

std::string written(const Option& option) {
  std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
  text += "--" + std::string(option.name);
  if (!option.argument.empty()) text += " " + std::string(option.argument);
  return text;
}

ui::Text option_lines(std::span<const Option> options) {
  std::size_t width = 0;
  for (const Option& option : options) width = std::max(width, written(option).size());
  ui::Text text;
  for (const Option& option : options)
    text += ui::format_text("  {}  {}\n", ui::padded(written(option), width), meaning_of(option));
  return text;
}

/// The longest name, and two blanks.
constexpr std::size_t kNameWidth = 12;

constexpr char kFlagsNote[] =
    "Options stand anywhere after `kubectl akqueue`: kubectl refuses flags before a plugin's name.\n";

ui::Text exit_statuses(const ui::Text& indent) {
  return ui::format_text(
      "{0}0 done; 1 failed; 2 wrong usage; 3 refused or declined; 4 ended early, part is done;\n"
      "{0}5 the condition does not hold; 130 interrupted\n",
      indent);
}

ui::Text verb_lines(const Command& command) {
  ui::Text text;
  for (const Command& verb : command.verbs) {
    const bool usual = &verb == &command.verbs.front();
    text +=
        ui::format_text("  {}{}{}\n", ui::padded(verb.name, kNameWidth), verb.summary, usual ? " (the default)" : "");
  }
  return text;
}

/// One command or verb; of a command with verbs, what is not in its verbs.
ui::Text reference_of(const Command& command, std::string_view heading) {
  ui::Text text = ui::format_text("\n{} {}\n\n{}.\n\n    {}\n\n{}\n", heading, command.full_name(), command.summary,
                                  usage_of(command), ui::Text::lines(command.description));
  if (!command.short_names.empty()) text += ui::format_text("\nShort names: {}.\n", short_names_of(command));
  if (!command.examples.empty()) text += "\nExamples:\n\n";
  for (const Example& example : command.examples)
    text += ui::format_text("    kubectl akqueue {}  # {}\n", ui::padded(example.line, 50), example.meaning);
  const std::vector<Option> own = command.verbs.empty() ? own_options(command) : std::vector<Option>();
  if (!own.empty()) text += "\nOptions:\n\n" + indented(option_lines(own), "  ");
  return text;
}

}  // namespace

ui::Text help_of_all() {
  ui::Text text =
      "Looks after authentik's task queue: shows what is in it, and clears the right part of it.\n"
      "\nUsage:\n  kubectl akqueue COMMAND [ARGUMENTS] [OPTIONS]\n";
  for_each_group([&](std::string_view group, const std::vector<const Command*>& members) {
    text += ui::format_text("\n{}:\n", group);
    for (const Command* command : members)
      text += ui::format_text("  {}{}\n", ui::padded(command->name, kNameWidth), command->summary);
  });
  return text + "\nkubectl akqueue COMMAND --help explains a command, with examples.\n" + kFlagsNote;
}

ui::Text help_of(const Command& command) {
  ui::Text text = ui::format_text("{}.\n\nUsage:\n  {}\n\n{}\n", command.summary, usage_of(command),
                                  ui::Text::lines(command.description));
  if (!command.short_names.empty()) text += ui::format_text("\nShort names: {}\n", short_names_of(command));
  const std::vector<Example> examples = examples_of(command);
  if (!command.verbs.empty()) text += "\nVerbs:\n" + verb_lines(command);
  if (!examples.empty()) text += "\nExamples:\n";
  for (const Example& example : examples)
    text += ui::format_text("  # {}\n  kubectl akqueue {}\n", example.meaning, example.line);
  if (command.verbs.empty()) {
    const std::vector<Option> own = own_options(command);
    if (!own.empty()) text += "\nOptions:\n" + option_lines(own);
    text += "\nOptions of every command:\n" + option_lines(shared_options(command));
  } else {
    text += ui::format_text("\nkubectl akqueue {} VERB --help explains a verb, with its options.\n", command.name);
  }
  return text + "\nExit status:\n" + exit_statuses("  ");
}

ui::Text reference_page() {
  ui::Text page =
      "# Commands\n\nGenerated from the command table by `kubectl-akqueue help --markdown`; a test fails if this page "
      "differs.\n";
  for_each_group([&](std::string_view group, const std::vector<const Command*>& members) {
    page += ui::format_text("\n## {}\n", group);
    for (const Command* command : members) {
      page += reference_of(*command, "###");
      for (const Command& verb : command->verbs) page += reference_of(verb, "####");
    }
  });
  const Command& any = *find_command("top");
  page += "\n## Options of every command\n\n" + indented(option_lines(shared_options(any)), "  ");
  page += "\n## Exit status\n\n| status | error | meaning |\n| --- | --- | --- |\n| 0 | | done |\n";
  for (const ErrorKind& kind : error_kinds())
    page += ui::format_text("| {} | `{}` | {} |\n", kind.exit_status, kind.name, kind.meaning);
  return page;
}

}  // namespace akqueue::cli
