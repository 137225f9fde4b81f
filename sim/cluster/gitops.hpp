// The marks that Argo CD and Flux leave on a deployment that they own.
#pragma once

#include "scenario/scenario.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

void mark_as_owned(ClusterObject& deployment, const GitOps& gitops);

}  // namespace akqueue::sim
