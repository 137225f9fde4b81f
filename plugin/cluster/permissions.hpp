// The permissions that each kind of work needs in authentik's namespace, as data: `kubectl akqueue rbac` prints a role
// from it, and docs/security.md explains it.
#pragma once

#include <span>
#include <string_view>

namespace akqueue::cluster {

/// Each includes the one before it; deleting needs no more permissions in the cluster than looking.
enum class Work { look, drain };

struct Permission {
  Work work;               ///< the first that needs it
  std::string_view group;  ///< empty: the core group
  std::string_view resource;
  std::string_view verbs;  ///< separated by commas
  std::string_view why;
  bool optional = false;  ///< without it a command works, but shows less
};

std::span<const Permission> permissions();

}  // namespace akqueue::cluster
