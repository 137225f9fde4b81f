// What must be allowed in authentik's namespace, as data: `kubectl akqueue rbac` prints a role of it, and docs/security.md
// says why. Looking and deleting need the same of the cluster.
#pragma once

#include <span>
#include <string_view>

namespace akqueue {

struct Permission {
  std::string_view group;      ///< empty: the core group
  std::string_view resource;
  std::string_view verbs;      ///< separated by commas
  std::string_view why;
  bool optional = false;       ///< without it a command says less, and works
};

std::span<const Permission> permissions();

}  // namespace akqueue
