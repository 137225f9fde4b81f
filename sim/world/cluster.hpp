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
  /// Workers that live and report to the world's database, with the heartbeat that each shows.
  struct Worker {
    std::string hostname;
    std::string version;
    std::int64_t heartbeat_ago = 0;
  };
  std::vector<Worker> workers;
};

/// Of a scenario that is fitted() to its release: every pod has a version.
Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random);

}  // namespace akqueue::sim
