// The release whose database the world keeps, among those of its cluster.
#pragma once

#include "world/world.hpp"

namespace akqueue::sim {

/// Whether `object` belongs to it, by namespace and label.
bool of_own_site(World& world, const ClusterObject& object);

}  // namespace akqueue::sim
