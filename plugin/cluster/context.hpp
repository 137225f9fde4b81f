// Which cluster and namespace kubectl will act on, in its own words.
#pragma once

#include <string>
#include <string_view>

#include "cluster/kubectl.hpp"

namespace akqueue::cluster {

struct Context {
  std::string name;        ///< the context's; empty if kubectl runs inside a cluster without one
  std::string name_space;  ///< the namespace that the context sets; empty when it sets none
  std::string user = {};   ///< the kubeconfig's name for who asks
};

/// One `kubectl config view --minify`, which only reads files. Empty if no kubeconfig names a current context:
/// kubectl may still reach the cluster that it runs in. Throws Error (no_context) for a context that does not exist.
Context read_context(Kubectl& kubectl);

/// The same from the JSON that it prints.
Context parse_context(std::string_view json);

/// authentik's usual namespace, used if neither the command line nor the context names one.
inline constexpr std::string_view kUsualNamespace = "authentik";

}  // namespace akqueue::cluster
