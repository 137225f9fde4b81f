// What each kind of work needs to be allowed in authentik's namespace, as data: `kubectl akqueue rbac` prints a role of
// it, and docs/security.md says why.
#pragma once

#include <span>
#include <string_view>

namespace akqueue {

/// Each includes the one before it; deleting needs no more of the cluster than looking.
enum class Work { look, drain };

struct Permission {
  Work work;               ///< the first that needs it
  std::string_view group;  ///< empty: the core group
  std::string_view resource;
  std::string_view verbs;  ///< separated by commas
  std::string_view why;
  bool optional = false;  ///< without it a command says less, and works
};

std::span<const Permission> permissions();

}  // namespace akqueue
