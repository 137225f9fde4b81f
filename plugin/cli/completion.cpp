#include "cli/completion.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "cli/command.hpp"

namespace akqueue {
namespace {

using Words = std::vector<std::string>;

Words beginning_with(const std::string& word, const Words& candidates) {
  Words fitting;
  for (const std::string& candidate : candidates) {
    if (candidate.starts_with(word)) fitting.push_back(candidate);
  }
  return fitting;
}

Words command_names() {
  Words names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

Words split(std::string_view list, char separator) {
  Words parts;
  while (!list.empty()) {
    const auto end = list.find(separator);
    parts.emplace_back(list.substr(0, end));
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return parts;
}

/// What the table and the vocabulary know; other values only the site does.
Words values_of(const Option& option) {
  if (!option.values.empty()) return split(option.values, '|');
  if (option.name == "state") {
    Words states(task_state::kKnown.begin(), task_state::kKnown.end());
    states.emplace_back("any");
    return states;
  }
  if (option.name == "queue") return {std::string(kDefaultQueue), std::string(kDefaultQueue) + ".DQ", std::string(kDefaultQueue) + ".XQ"};
  return {};
}

/// The option that `word` names, with or without a value behind `=`; null for none.
const Option* option_named(const std::vector<Option>& options, const std::string& word) {
  const auto found = std::ranges::find_if(options, [&](const Option& option) {
    return word == "--" + std::string(option.name) || (option.letter != 0 && word == std::string("-") + option.letter);
  });
  return found == options.end() ? nullptr : &*found;
}

Words option_names(const std::vector<Option>& options, const Words& given) {
  Words names;
  for (const Option& option : options) {
    const std::string name = "--" + std::string(option.name);
    if (option.repeatable || std::ranges::find(given, name) == given.end()) names.push_back(name);
  }
  return names;
}

}  // namespace

Words completions(const Words& words) {
  if (words.empty()) return command_names();
  if (words.size() == 1) return beginning_with(words[0], command_names());
  const Command* command = find_command(words[0]);
  if (command == nullptr) return {};
  const std::vector<Option> options = options_of(*command);
  const Words before(words.begin() + 1, words.end() - 1);
  const std::string& word = words.back();

  const Option* pending = before.empty() ? nullptr : option_named(options, before.back());
  if (pending != nullptr && !pending->argument.empty()) return beginning_with(word, values_of(*pending));
  if (const auto equals = word.find('='); word.starts_with("--") && equals != std::string::npos) {
    const Option* option = option_named(options, word.substr(0, equals));
    Words values = option == nullptr ? Words() : beginning_with(word.substr(equals + 1), values_of(*option));
    for (std::string& value : values) value.insert(0, word.substr(0, equals + 1));
    return values;
  }
  if (word.starts_with("-")) return beginning_with(word, option_names(options, before));
  return command->name == "help" && before.empty() ? beginning_with(word, command_names()) : Words();
}

}  // namespace akqueue
