#include "system/windows_command_line.hpp"

namespace akqueue::system {
namespace {

/// Backslashes count only before a quotation mark: there, and before the one that ends the word, each is written twice.
std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n\v\"") == std::string::npos) return word;
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char c : word) {
    if (c == '\\') {
      ++backslashes;
    } else {
      if (c == '"') text.append(backslashes + 1, '\\');
      backslashes = 0;
    }
    text += c;
  }
  return text.append(backslashes, '\\') + '"';
}

}  // namespace

std::string windows_command_line(const std::vector<std::string>& words) {
  // A path has no quotation marks, and the program's own path is parsed by a simpler rule: up to the next mark.
  std::string line = "\"" + words.front() + "\"";
  for (std::size_t i = 1; i < words.size(); ++i) line += " " + quoted(words[i]);
  return line;
}

}  // namespace akqueue::system
