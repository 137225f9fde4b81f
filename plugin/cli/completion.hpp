// What a shell may offer for a line that is being typed, from the command table.
#pragma once

#include <string>
#include <vector>

namespace akqueue {

/// `words`: what stands behind `kubectl akqueue`, the last one as far as it is typed (empty for a new word). Commands,
/// options and the values that an option allows; nothing where only a person or the site knows. Never throws.
std::vector<std::string> completions(const std::vector<std::string>& words);

}  // namespace akqueue
