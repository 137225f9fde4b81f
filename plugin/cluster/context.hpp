// Which cluster and namespace kubectl will act on, in its own words.
#pragma once

#include <string>
#include <string_view>

#include "cluster/kubectl.hpp"

namespace akqueue {

struct Context {
  std::string name;        ///< the context's; empty where kubectl runs inside a cluster without one
  std::string name_space;  ///< the namespace that the context sets; empty when it sets none
};

/// One `kubectl config view --minify`, which reads files only. Empty where no kubeconfig names a current context:
/// kubectl may still reach the cluster that it runs in. Throws Error (no_context) for a context that does not exist.
Context read_context(Kubectl& kubectl);

/// The same from the JSON that it prints.
Context parse_context(std::string_view json);

/// authentik's usual namespace, taken where neither the command line nor the context names one.
inline constexpr std::string_view kUsualNamespace = "authentik";

}  // namespace akqueue
