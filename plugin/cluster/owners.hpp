// Who else scales a worker deployment: an HPA, KEDA, Argo CD, Flux. What each will do during a drain, and what to do
// about it.
#pragma once

#include <string>
#include <vector>

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

struct Owner {
  std::string kind;         ///< HPA, KEDA, Argo CD, Flux
  std::string name;         ///< of the autoscaler, the application, the release
  std::string will;         ///< what it will do to a deployment at 0
  std::string advice = {};  ///< what to do first; empty: nothing

  /// May scale the deployment up again while it should be at 0.
  bool rival() const { return !advice.empty(); }
};

/// From autoscalers, labels and annotations; one of the answers may be that autoscalers may not be listed.
std::vector<Owner> owners_of(const Inventory& inventory, const Deployment& deployment);

}  // namespace akqueue::cluster
