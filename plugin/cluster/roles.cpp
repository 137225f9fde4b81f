#include "cluster/roles.hpp"

#include <algorithm>
#include <sstream>

#include "cluster/foreign_json.hpp"

namespace akqueue::cluster {
namespace {

constexpr std::string_view kProduct = "authentik";

/// The words of `command` and `args`; a shell's line is several.
std::vector<std::string> words_of_container(const ForeignJson& container) {
  std::vector<std::string> words;
  for (const std::string_view key : {"command", "args"}) {
    const ForeignJson& list = foreign::at(container, {key});
    if (!list.is_array()) continue;
    for (const ForeignJson& one : list) {
      if (!one.is_string()) continue;
      std::istringstream line(one.get<std::string>());
      for (std::string word; line >> word;) words.push_back(word);
    }
  }
  return words;
}

Role role_of_word(std::string_view word) {
  return word == "server" ? Role::server : word == "worker" ? Role::worker : Role::none;
}

/// authentik's own program, with or without its folder.
bool is_ak(std::string_view word) { return word == "ak" || word.ends_with("/ak"); }

/// What follows `ak`; without it the first word that is one of the two.
Role role_run(const ForeignJson& container) {
  const auto words = words_of_container(container);
  const auto ak = std::ranges::find_if(words, is_ak);
  if (ak != words.end() && ak + 1 != words.end()) return role_of_word(*(ak + 1));
  const auto found = std::ranges::find_if(words, [](const auto& word) { return role_of_word(word) != Role::none; });
  return found == words.end() ? Role::none : role_of_word(*found);
}

Role role_of_container(const ForeignJson& container) {
  const Role run = role_run(container);
  return run != Role::none ? run : role_named(foreign::text(container, {"name"}));
}

/// `ghcr.io/goauthentik/server:2025.12.4`, `registry.corp/authentik-server`: wherever it is mirrored.
bool has_its_image(const ForeignJson& container) {
  return foreign::text(container, {"image"}).find(kProduct) != std::string::npos;
}

bool has_its_settings(const ForeignJson& container) {
  const ForeignJson& variables = foreign::at(container, {"env"});
  return std::any_of(variables.begin(), variables.end(), [](const ForeignJson& variable) {
    return foreign::text(variable, {"name"}).starts_with("AUTHENTIK_");
  });
}

bool is_its_own(const ForeignJson& container) {
  const auto words = words_of_container(container);
  return has_its_image(container) || std::ranges::any_of(words, is_ak) || has_its_settings(container);
}

}  // namespace

Role role_named(std::string_view name) {
  for (const std::string_view before : {"authentik-", "ak-"}) {
    if (name.starts_with(before)) name.remove_prefix(before.size());
  }
  return role_of_word(name.substr(0, name.find_first_not_of("abcdefghijklmnopqrstuvwxyz")));
}

std::vector<Role> roles_of_containers(const ForeignJson& containers, std::string_view component) {
  std::vector<Role> roles(containers.is_array() ? containers.size() : 0, Role::none);
  if (roles.empty()) return roles;
  const bool some_known = std::any_of(containers.begin(), containers.end(), is_its_own);
  std::size_t first = roles.size();
  bool said = false;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (some_known && !is_its_own(containers[i])) continue;
    first = std::min(first, i);
    roles[i] = role_of_container(containers[i]);
    said = said || roles[i] != Role::none;
  }
  if (!said) roles[first] = role_named(component);
  return roles;
}

bool is_authentiks(const ForeignJson& containers, std::string_view called) {
  if (!containers.is_array()) return false;
  const bool named = called.find(kProduct) != std::string_view::npos;
  return std::any_of(containers.begin(), containers.end(), [&](const ForeignJson& container) {
    return is_its_own(container) || (named && role_run(container) != Role::none);
  });
}

}  // namespace akqueue::cluster
