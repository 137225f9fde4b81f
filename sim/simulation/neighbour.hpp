// Another Helm release in the cluster, in the world's namespace or another. Each release has its own database, and a
// world stores only that of its own release: a neighbour's is created anew for each session, with an empty queue and
// its workers' heartbeats.
#pragma once

#include <string>

#include "replica/database.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Fills an empty database with what the release of the pod `entered` has. Its functions must be there
/// (replica/functions.hpp).
void make_neighbour(Database& database, World& world, const ClusterObject& entered);

}  // namespace akqueue::sim
