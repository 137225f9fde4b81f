// Deployments and their ReplicaSets: the objects, and what their status says of the pods that there are.
#pragma once

#include <string>
#include <vector>

#include "akqueue/time.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

/// A ReplicaSet of the deployment's template as it is now. The deployment has its uid.
ClusterObject new_replica_set(const ClusterObject& deployment, const std::string& hash, const std::string& uid,
                              Timestamp at);

/// Writes the status of a deployment from its ReplicaSets' and their own from `pods`, which may be others' too.
void tell_status(ClusterObject& deployment, std::vector<ClusterObject>& replica_sets,
                 const std::vector<ClusterObject>& pods, Timestamp at);

/// The ReplicaSet of the deployment's present template: the one of the highest revision.
ClusterObject* current_of(std::vector<ClusterObject>& replica_sets);
std::int64_t revision_of(const ClusterObject& object);

}  // namespace akqueue::sim
