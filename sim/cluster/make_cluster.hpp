// The objects of a site's cluster when its world is made, as the API server would show them: namespaces, authentik's
// deployments, ReplicaSets and pods with the labels, containers and names that its Helm chart gives them, and what
// scales them. What happens to them later is in simulation/catch_up.hpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "akqueue/time.hpp"
#include "cluster/pod_behaviour.hpp"
#include "scenario/scenario.hpp"
#include "world/random.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

struct Cluster {
  std::vector<ClusterObject> objects;
  /// Workers that live and report to the world's database, with the heartbeat that each shows.
  struct Worker {
    std::string hostname;
    std::string version;
    std::int64_t heartbeat_ago = 0;
  };
  std::vector<Worker> workers;
  std::vector<std::pair<std::string, Behaviour>> behaviours;  ///< of each deployment
};

/// The scenario must be fitted() to its release: every pod has a version.
Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random);

}  // namespace akqueue::sim
