#include "cli/help_parts.hpp"

#include <algorithm>

namespace akqueue::cli {
namespace {

std::string arguments_of(const Command& command) {
  if (command.verbs.empty()) return std::string(command.arguments);
  std::string verbs;
  for (const Command& verb : command.verbs) {
    verbs += (verbs.empty() ? "" : "|") + std::string(verb.name) +
             (verb.arguments.empty() ? "" : " " + std::string(verb.arguments));
  }
  return "[" + verbs + "]";
}

/// `table, json, jsonpath=…`
std::string values_of(const Option& option) {
  std::string values;
  for (const char sign : option.values)
    values += sign == '=' ? std::string("=…") : sign == '|' ? std::string(", ") : std::string(1, sign);
  return values;
}

}  // namespace

std::string usage_of(const Command& command) {
  const std::string arguments = arguments_of(command);
  return "kubectl akqueue " + command.full_name() + (arguments.empty() ? "" : " " + arguments) + " [OPTIONS]";
}

std::string short_names_of(const Command& command) {
  std::string text;
  for (const std::string_view name : command.short_names) {
    const auto has = [&](const Command& other) {
      return &other != &command && std::ranges::find(other.short_names, name) != other.short_names.end();
    };
    const bool shared = std::ranges::any_of(all_commands(), has);
    text += (text.empty() ? "" : ", ") + std::string(name);
    if (shared) text += command.arguments.starts_with('[') ? " without ID" : " with ID";
  }
  return text;
}

std::vector<Example> examples_of(const Command& command) {
  std::vector<Example> examples = command.examples;
  for (const Command& verb : command.verbs) examples.insert(examples.end(), verb.examples.begin(), verb.examples.end());
  return examples;
}

std::string meaning_of(const Option& option) {
  std::string text(option.help);
  if (!option.values.empty()) text += ": " + values_of(option);
  if (option.repeatable) text += "; repeatable";
  return text;
}

std::vector<Option> own_options(const Command& command) {
  std::vector<Option> all = options_of(command);
  std::erase_if(all, [](const Option& option) {
    const auto shared = [&](std::span<const Option> set) {
      return std::ranges::find(set, option.name, &Option::name) != set.end();
    };
    return shared(kubectl_options()) || shared(target_options()) || shared(common_options());
  });
  return all;
}

std::vector<Option> shared_options(const Command& command) {
  std::vector<Option> shared;
  const auto append = [&](std::span<const Option> more) { shared.insert(shared.end(), more.begin(), more.end()); };
  if (command.enters_cluster) append(target_options()), append(kubectl_options_of(command));
  append(common_options());
  return shared;
}

void for_each_group(
    const std::function<void(std::string_view group, const std::vector<const Command*>& members)>& visit) {
  std::vector<std::string_view> groups;
  for (const Command& command : all_commands()) {
    if (std::ranges::find(groups, command.group) == groups.end()) groups.push_back(command.group);
  }
  for (const std::string_view group : groups) {
    std::vector<const Command*> members;
    for (const Command& command : all_commands()) {
      if (command.group == group) members.push_back(&command);
    }
    visit(group, members);
  }
}

}  // namespace akqueue::cli
