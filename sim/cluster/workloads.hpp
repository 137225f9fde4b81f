// Deployments and their ReplicaSets: the objects, and what their status says about the existing pods.
#pragma once

#include <string>
#include <vector>

#include "akqueue/time.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

/// A ReplicaSet for the deployment's current template. The deployment has its uid already.
ClusterObject new_replica_set(const ClusterObject& deployment, const std::string& hash, const std::string& uid,
                              Timestamp at);

/// Writes the status of a deployment and of its ReplicaSets from `pods`, which may include pods of others.
void tell_status(ClusterObject& deployment, std::vector<ClusterObject>& replica_sets,
                 const std::vector<ClusterObject>& pods, Timestamp at);

/// The ReplicaSet of the deployment's current template: the one with the highest revision.
ClusterObject* current_of(std::vector<ClusterObject>& replica_sets);
std::int64_t revision_of(const ClusterObject& object);

}  // namespace akqueue::sim
