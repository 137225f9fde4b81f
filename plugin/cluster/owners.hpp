// Who else scales a worker deployment: an HPA, KEDA, Argo CD, Flux. What they will do about a drain, and what to do
// about them.
#pragma once

#include <string>
#include <vector>

#include "cluster/inventory.hpp"

namespace akqueue {

struct Owner {
  std::string kind;         ///< HPA, KEDA, Argo CD, Flux
  std::string name;         ///< of the autoscaler, the application, the release
  std::string will;         ///< what it will do about a deployment at 0
  std::string advice = {};  ///< what to do first; empty: nothing

  /// May scale the deployment up again while it is to be at 0.
  bool rival() const { return !advice.empty(); }
};

/// From autoscalers, labels and annotations; where autoscalers may not be listed, that is one of the answers.
std::vector<Owner> owners_of(const Inventory& inventory, const Deployment& deployment);

}  // namespace akqueue
