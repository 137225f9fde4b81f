#include "cli/help_parts.hpp"

#include <algorithm>

namespace akqueue {

std::string usage_of(const Command& command) {
  return "kubectl akqueue " + std::string(command.name) +
         (command.arguments.empty() ? "" : " " + std::string(command.arguments)) + " [OPTIONS]";
}

std::string meaning_of(const Option& option) {
  std::string text(option.help);
  if (!option.values.empty()) text += ": " + std::string(option.values);
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
  if (command.enters_cluster) append(target_options()), append(kubectl_options());
  append(common_options());
  return shared;
}

void for_each_group(
    const std::function<void(std::string_view group, const std::vector<const Command*>& members)>& visit) {
  std::vector<std::string_view> groups;
  for (const Command& command : commands()) {
    if (std::ranges::find(groups, command.group) == groups.end()) groups.push_back(command.group);
  }
  for (const std::string_view group : groups) {
    std::vector<const Command*> members;
    for (const Command& command : commands()) {
      if (command.group == group) members.push_back(&command);
    }
    visit(group, members);
  }
}

}  // namespace akqueue
