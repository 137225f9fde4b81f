#include "cluster/own_site.hpp"

#include "world/store.hpp"

namespace akqueue::sim {

bool of_own_site(World& world, const ClusterObject& object) {
  return namespace_of(object) == world.fact("namespace") &&
         label_of(object, "app.kubernetes.io/instance") == world.fact("instance");
}

}  // namespace akqueue::sim
