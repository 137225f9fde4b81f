// Another Helm release in the world's namespace. Each release has a database of its own and a world keeps only one, that of
// its own release: a neighbour's is made anew for each session, with nothing in its queue and its workers' heartbeats.
#pragma once

#include <string>

#include "replica/database.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Fills an empty database with what the release `instance` has. Its functions must be there (replica/functions.hpp).
void make_neighbour(Database& database, World& world, const std::string& instance);

}  // namespace akqueue::sim
