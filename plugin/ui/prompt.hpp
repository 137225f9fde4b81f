// Asking before something is changed. Declining is the default, whatever happens.
#pragma once

#include <string>
#include <vector>

#include "ui/terminal.hpp"

namespace akqueue::ui {

/// What is asked, and what is so where the answer is no: `nothing was deleted`.
struct Prompt {
  Text text;
  std::string otherwise;
};

/// `[y/N]`. Throws Error (declined) for anything but y or yes, (interrupted) on Ctrl-C; both say what is so then.
void ask_yes(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question);

/// The person types `word` out. Throws the same.
void ask_typed(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question,
               const std::string& word);

/// `[Y/n]`: false for n or no alone, and on Ctrl-C.
bool confirm(Terminal& terminal, const system::Interrupts& interrupts, const Text& question);

/// One of `words`, typed out; asked again while it is none of them. Throws Error (declined) for an empty line,
/// (interrupted).
std::string ask_which(Terminal& terminal, const system::Interrupts& interrupts, const Prompt& question,
                      const std::vector<std::string>& words);

/// Throws Error (refused), which ends with `otherwise`, when nobody can answer a question here: standard input is no
/// terminal, or the output is JSON.
void check_can_ask(const Terminal& terminal, bool machine_output, const std::string& otherwise);

}  // namespace akqueue::ui
