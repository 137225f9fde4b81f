// A pod's life as the API server shows it: created and waiting for its container, running, Ready, killed and back,
// terminating. When each step happens is in simulation/catch_up.hpp.
#pragma once

#include "akqueue/time.hpp"
#include "world/random.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

/// Kubernetes' times have whole seconds.
std::string seconds_text(Timestamp at);

/// A new pod of a ReplicaSet, from its template: Pending, and its containers are being created.
ClusterObject new_pod(const ClusterObject& replica_set, Timestamp at, Random& random);
/// Its containers run; it is not Ready yet.
void start_pod(ClusterObject& pod, Timestamp at);
void make_pod_ready(ClusterObject& pod, Timestamp at);
/// Its first container has run out of memory and waits to be started again.
void kill_pod_for_memory(ClusterObject& pod, Timestamp at, std::int64_t times);
/// Somebody has deleted it: it has half a minute left.
void terminate_pod(ClusterObject& pod, Timestamp at);

bool is_ready(const ClusterObject& pod);
bool is_running(const ClusterObject& pod);
bool is_terminating(const ClusterObject& pod);
/// When it was created.
Timestamp created_of(const ClusterObject& object);

}  // namespace akqueue::sim
