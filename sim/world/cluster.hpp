// The objects of a site's cluster, as the API server would show them: namespaces, and authentik's deployments and pods
// with the labels, containers and names that its Helm chart gives them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "akqueue/time.hpp"
#include "world/random.hpp"
#include "world/scenario.hpp"

namespace akqueue::sim {

using ClusterObject = nlohmann::ordered_json;

struct Cluster {
  std::vector<ClusterObject> objects;
  /// Pods of workers that live, with the heartbeat that each shows.
  struct Worker {
    std::string hostname;
    std::int64_t heartbeat_ago = 0;
  };
  std::vector<Worker> workers;
};

Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random);

}  // namespace akqueue::sim
