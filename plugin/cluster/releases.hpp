// The releases of authentik that have servers, by namespace: what is without a label, or named by a person, belongs to
// the only one of its namespace.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

inline std::map<std::string, std::set<std::string>> releases_with_servers(const Inventory& inventory) {
  std::map<std::string, std::set<std::string>> releases;
  const auto note = [&](const auto& object) {
    if (object.roles.server) releases[object.name_space].insert(object.instance);
  };
  std::ranges::for_each(inventory.pods, note);
  std::ranges::for_each(inventory.deployments, note);
  return releases;
}

}  // namespace akqueue::cluster
