// Asking before something is destroyed. Declining is the default, whatever happens.
#pragma once

#include <string>
#include <vector>

#include "ui/terminal.hpp"

namespace akqueue {

/// `[y/N]`. Throws Error (declined) for anything but y or yes, (interrupted) on Ctrl-C.
void ask_yes(Terminal& terminal, const Interrupts& interrupts, const std::string& question);

/// The person types `word` out. Throws the same.
void ask_typed(Terminal& terminal, const Interrupts& interrupts, const std::string& question, const std::string& word);

/// One of `words`, typed out; asked again while it is none of them. Throws Error (declined) for an empty line, (interrupted).
std::string ask_which(Terminal& terminal, const Interrupts& interrupts, const std::string& question, const std::vector<std::string>& words);

/// Throws Error (refused) when nobody can answer a question here: standard input is no terminal, or the output is JSON.
void check_can_ask(const Terminal& terminal, bool machine_output);

}  // namespace akqueue
