// Another Helm release of the cluster, in the world's namespace or another. Each release has a database of its own and
// a world keeps only one, that of its own release: a neighbour's is made anew for each session, with nothing in its
// queue and its workers' heartbeats.
#pragma once

#include <string>

#include "replica/database.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Fills an empty database with what the release of `pod` has. Its functions must be there (replica/functions.hpp).
void make_neighbour(Database& database, World& world, const ClusterObject& pod);

}  // namespace akqueue::sim
