#include "cli/typed_line.hpp"

#include <algorithm>
#include <array>

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

/// What the arguments of the commands with short names are, as kubectl would have it before a name.
constexpr std::array<std::string_view, 2> kKinds{"task", "tasks"};

/// Of the rows with this short name, the one that is meant by a line with or without arguments; null for none.
const Command* row_of_short_name(std::string_view name, bool has_arguments) {
  const Command* found = nullptr;
  for (const Command& command : all_commands()) {
    if (std::ranges::find(command.short_names, name) == command.short_names.end()) continue;
    const bool optional = command.arguments.starts_with('[');
    if (found == nullptr || optional != has_arguments) found = &command;
  }
  return found;
}

/// `words` begins with the command.
void expand_short_name(std::vector<std::string>& words) {
  if (row_of_short_name(words.front(), false) == nullptr) return;
  std::vector<std::string> rest(words.begin() + 1, words.end());
  std::size_t at = first_argument(rest);
  if (at < rest.size() && std::ranges::find(kKinds, rest[at]) != kKinds.end()) {
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
    at = first_argument(rest);
  }
  words.front() = row_of_short_name(words.front(), at < rest.size())->name;
  words.erase(words.begin() + 1, words.end());
  words.insert(words.end(), rest.begin(), rest.end());
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
  const auto command = words.begin() + static_cast<std::ptrdiff_t>(at);
  if (command == words.end() || std::find(words.begin(), command, "--") != command) return words;
  std::rotate(words.begin(), command, command + 1);
  expand_short_name(words);
  return words;
}

}  // namespace akqueue::cli
