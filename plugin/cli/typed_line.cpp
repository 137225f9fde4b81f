#include "cli/typed_line.hpp"

#include <algorithm>

namespace akqueue::cli {
namespace {

void add_missing(std::vector<Option>& all, const std::vector<Option>& more) {
  for (Option option : more) {
    option.values = {};
    option.repeatable = true;
    if (std::ranges::find(all, option.name, &Option::name) == all.end()) all.push_back(option);
  }
}

/// Whether the value of the option `word` is the next word.
bool wants_next(const std::vector<Option>& options, const std::string& word) {
  if (word.starts_with("--")) {
    const auto named = std::ranges::find(options, word.substr(2), &Option::name);
    return named != options.end() && !named->argument.empty();
  }
  // `-vn sso`: the first letter that takes a value takes what is left, and the next word if nothing is.
  for (std::size_t at = 1; at < word.size(); ++at) {
    const auto named = std::ranges::find(options, word[at], &Option::letter);
    if (named == options.end()) return false;
    if (!named->argument.empty()) return at + 1 == word.size();
  }
  return false;
}

}  // namespace

std::vector<Option> options_of_all_commands() {
  std::vector<Option> all;
  for (const Command& command : all_commands()) add_missing(all, options_of(command));
  return all;
}

std::size_t first_argument(const std::vector<std::string>& words) {
  const std::vector<Option> options = options_of_all_commands();
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "--") return std::min(at + 1, words.size());
    if (word.size() < 2 || word[0] != '-') return at;
    if (wants_next(options, word)) ++at;
  }
  return words.size();
}

std::vector<std::string> command_first(std::vector<std::string> words) {
  const std::size_t at = first_argument(words);
  if (at < words.size() && std::ranges::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at), "--") ==
                               words.begin() + static_cast<std::ptrdiff_t>(at))
    std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at),
                words.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  return words;
}

}  // namespace akqueue::cli
