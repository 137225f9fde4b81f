// The metrics API (metrics.k8s.io/v1beta1) of a world that has one: the memory and processor use of each running pod.
//
// Errors: Failure with the server's own text.
#pragma once

#include <string>
#include <vector>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// The PodMetrics of a namespace (empty: all), of pods that run and whose labels match.
std::vector<ClusterObject> pod_metrics(Client& client, const std::string& name_space, const std::string& selector);

/// What `kubectl get --raw PATH` prints.
std::string raw(Client& client, const std::string& path);

}  // namespace akqueue::sim
