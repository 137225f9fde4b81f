#include "cli/help.hpp"

#include <algorithm>
#include <array>
#include <iterator>

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

/// `text` in lines of at most `width` columns, where its words allow that.
std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string word(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (lines.empty() || ui::columns_of(lines.back()) + 1 + ui::columns_of(word) > width) {
      lines.push_back(word);
    } else {
      lines.back() += " " + word;
    }
  }
  return lines;
}

constexpr std::size_t kPageWidth = 80;
constexpr std::size_t kPageLines = 40;
constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

/// With their meanings in lines that end at `page`.
ui::Text option_lines(std::span<const Option> options, std::size_t page = kNoLimit) {
  std::size_t width = 0;
  for (const Option& option : options) width = std::max(width, written(option).size());
  const std::size_t margin = width + 4;
  ui::Text text;
  for (const Option& option : options) {
    ui::Text begun = ui::padded(written(option), width);
    for (const std::string& line : lines_of(meaning_of(option), page == kNoLimit ? page : page - margin)) {
      text += ui::format_text("  {}  {}\n", begun, line);
      begun = ui::Text::blanks(width);
    }
  }
  return text;
}

/// `--state --actor …`, in lines of a page.
ui::Text names_of_options(std::span<const Option> options) {
  std::string names;
  for (const Option& option : options) {
    if (!names.empty()) names += " ";
    names += "--" + std::string(option.name);
  }
  ui::Text text;
  for (const std::string& line : lines_of(names, kPageWidth - 2)) text += ui::format_text("  {}\n", line);
  return text;
}

/// The longest name, and two blanks.
constexpr std::size_t kNameWidth = 12;

constexpr char kFlagsNote[] =
    "Options stand anywhere after `kubectl akqueue`: kubectl refuses flags before a plugin's name.\n";

ui::Text exit_statuses(const ui::Text& indent) {
  return ui::format_text(
      "{0}0 done; 1 failed; 2 wrong usage; 3 refused or declined; 4 ended early, part is\n"
      "{0}done; 5 the condition does not hold; 130 interrupted\n",
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

struct OutputWord {
  std::string_view word;
  std::string_view meaning;
};

/// What -o takes. Which of them a command has stands in its own help.
ui::Text format_lines() {
  constexpr std::array kFormats{
      OutputWord{"table, wide", "for people; wide has every column, table what fits a terminal"},
      OutputWord{"csv", "the columns of wide, unshortened, quoted as RFC 4180 says"},
      OutputWord{"json, yaml", "one document"},
      OutputWord{"jsonl", "a document a line"},
      OutputWord{"name", "only names or ids"},
      OutputWord{"jsonpath=TEXT", "what kubectl's templates find in the document, like '{.tasks[*].id}'"},
      OutputWord{"custom-columns=HEADER:PATH,…", "a table of one's own: a line for each row of the document's list"},
  };
  ui::Text text;
  for (const OutputWord& format : kFormats) {
    ui::Text begun = ui::padded(format.word, 28);
    for (const std::string& line : lines_of(format.meaning, kPageWidth - 32)) {
      text += ui::format_text("  {}  {}\n", begun, line);
      begun = ui::Text::blanks(28);
    }
  }
  return text + "  Rows stream; but for yaml, jsonpath and custom-columns all are held in memory.\n";
}

/// On one line where that fits.
ui::Text example_lines(const Example& example) {
  const ui::Text line = ui::format_text("  kubectl akqueue {}", example.line);
  const ui::Text whole = ui::format_text("{}  # {}\n", line, example.meaning);
  return ui::columns_of(whole) <= kPageWidth ? whole : ui::format_text("  # {}\n{}\n", example.meaning, line);
}

/// Its own with what they mean; of those that many commands have the names.
ui::Text own_option_lines(const Command& command) {
  std::vector<Option> own = own_options(command);
  std::vector<Option> common;
  std::ranges::copy_if(own, std::back_inserter(common), &Option::common);
  std::erase_if(own, [](const Option& option) { return option.common; });
  ui::Text text;
  if (!own.empty()) text += "\nOptions:\n" + option_lines(own, kPageWidth);
  if (!common.empty())
    text += "\nAlso, as many commands (kubectl akqueue options explains them):\n" + names_of_options(common);
  return text;
}

std::size_t lines_in(const ui::Text& text) { return static_cast<std::size_t>(std::ranges::count(text.view(), '\n')); }

/// Of its description, in lines of a page.
std::vector<ui::Text> paragraphs_of(const Command& command) {
  std::vector<ui::Text> paragraphs;
  for (std::string_view rest = command.description;;) {
    const auto end = rest.find("\n\n");
    std::string words(rest.substr(0, end));
    std::ranges::replace(words, '\n', ' ');
    ui::Text paragraph;
    for (const std::string& line : lines_of(words, kPageWidth)) paragraph += ui::format_text("{}\n", line);
    paragraphs.push_back(paragraph);
    if (end == std::string_view::npos) return paragraphs;
    rest.remove_prefix(end + 2);
  }
}

ui::Text head_of(const Command& command, const std::vector<ui::Text>& paragraphs) {
  return ui::format_text("{}.\n\nUsage:\n  {}\n\n{}", command.summary, usage_of(command), ui::joined(paragraphs, "\n"));
}

/// What stands between description and options.
ui::Text middle_of(const Command& command) {
  ui::Text text;
  if (!command.short_names.empty()) text += ui::format_text("\nShort names: {}\n", short_names_of(command));
  if (!command.verbs.empty()) text += "\nVerbs:\n" + verb_lines(command);
  const std::vector<Example> examples = examples_of(command);
  if (!examples.empty()) text += "\nExamples:\n";
  for (const Example& example : examples) text += example_lines(example);
  return text;
}

ui::Text last_line_of(const Command& command) {
  const ui::Text verbs = command.verbs.empty()
                             ? ui::Text()
                             : ui::format_text("\nkubectl akqueue {} VERB --help explains a verb.\n", command.name);
  return verbs +
         ui::format_text("\nkubectl akqueue help {} says more,\nkubectl akqueue options what every command takes.\n",
                         command.full_name());
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
  return text +
         "\nkubectl akqueue COMMAND --help explains a command, with examples; kubectl akqueue\n"
         "options explains the options that every command has.\n" +
         kFlagsNote;
}

ui::Text help_of(const Command& command) {
  ui::Text text = head_of(command, paragraphs_of(command)) + middle_of(command);
  if (command.verbs.empty()) {
    const std::vector<Option> own = own_options(command);
    if (!own.empty()) text += "\nOptions:\n" + option_lines(own, kPageWidth);
    text += "\nOptions of every command:\n" + option_lines(shared_options(command), kPageWidth);
  } else {
    text += ui::format_text("\nkubectl akqueue help {} VERB explains a verb, with its options.\n", command.name);
  }
  return text + "\nExit status:\n" + exit_statuses("  ");
}

ui::Text page_of(const Command& command) {
  const ui::Text rest =
      middle_of(command) + (command.verbs.empty() ? own_option_lines(command) : ui::Text()) + last_line_of(command);
  std::vector<ui::Text> shown;
  ui::Text head;
  for (const ui::Text& paragraph : paragraphs_of(command)) {
    shown.push_back(paragraph);
    const ui::Text longer = head_of(command, shown);
    if (!head.empty() && lines_in(longer + rest) > kPageLines) break;
    head = longer;
  }
  return head + rest;
}

ui::Text help_of_options() {
  std::vector<Option> choosing;
  for (const Command& command : all_commands()) {
    for (const Option& option : options_of(command)) {
      const bool known = std::ranges::find(choosing, option.name, &Option::name) != choosing.end();
      if (option.common && !known) choosing.push_back(option);
    }
  }
  const auto lines = [](std::span<const Option> options) { return option_lines(options, kPageWidth); };
  return "Every command that enters a site takes these, before or behind its name.\n"
         "\nWhich site, as kubectl takes them:\n" +
         lines(kubectl_options()) + "\nWhich pods:\n" + lines(target_options()) + "\nEvery command:\n" +
         lines(common_options()) + "\nMany commands (the help of a command names those that it takes):\n" +
         lines(choosing) + "\nFormats of -o, where a command has them:\n" + format_lines() + "\nExit status:\n" +
         exit_statuses("  ");
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
