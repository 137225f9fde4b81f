#include "ui/prompt.hpp"

#include <algorithm>
#include <cctype>

#include "akqueue/error.hpp"

namespace akqueue::ui {
namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  const auto end = text.find_last_not_of(" \t\r");
  return begin == std::string::npos ? std::string() : text.substr(begin, end - begin + 1);
}

std::string answer(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question) {
  terminal.err(question.text);
  const auto line = terminal.read_line();
  if (!line) terminal.err("\n");
  if (interrupts.requested()) throw Error(ErrorCode::interrupted, "interrupted; " + question.otherwise);
  return line ? trimmed(*line) : std::string();
}

Error declined(const Prompt& question) { return Error(ErrorCode::declined, "declined; " + question.otherwise); }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

void ask_yes(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question) {
  const std::string said = lower(answer(terminal, interrupts, {question.text + " [y/N] ", question.otherwise}));
  if (said != "y" && said != "yes") throw declined(question);
}

void ask_typed(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question,
               const std::string& word) {
  if (answer(terminal, interrupts, question) != word) throw declined(question);
}

bool confirm(Terminal& terminal, const system::Interrupts& interrupts, const Text& question) {
  terminal.err(question + " [Y/n] ");
  const auto line = terminal.read_line();
  if (!line) terminal.err("\n");
  const std::string said = line ? lower(trimmed(*line)) : "n";
  return !interrupts.requested() && said != "n" && said != "no";
}

std::string ask_which(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question,
                      const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) terminal.err(format_text("  {}  {}\n", i + 1, words[i]));
  for (;;) {
    const std::string said = answer(terminal, interrupts, question);
    if (said.empty()) throw declined(question);
    if (std::ranges::find(words, said) != words.end()) return said;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (said == std::to_string(i + 1)) return words[i];
    }
    terminal.err(format_text("that is not one of them: a name, or 1 to {}; an empty line ends it\n", words.size()));
  }
}

void check_can_ask(const Terminal& terminal, bool machine_output, const std::string& otherwise) {
  if (machine_output) {
    throw Error(ErrorCode::refused,
                "this needs an answer, which can't be given with machine-readable output; " + otherwise,
                "add --yes, or --dry-run to look only");
  }
  if (!terminal.in_is_terminal()) {
    throw Error(ErrorCode::refused, "this needs an answer and standard input is not a terminal; " + otherwise,
                "add --yes, or --dry-run to look only");
  }
}

}  // namespace akqueue::ui
