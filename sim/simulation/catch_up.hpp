// Lets a world catch up with its uptime: carries out what is due in the cluster, in order (world/due.hpp), and what
// deployments, HPAs, KEDA and GitOps controllers do after a change. Nothing runs between two processes, so each calls
// advance() when it has opened the world, and a session before each of its requests.
#pragma once

#include "world/store.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Brings the world up to date. Does nothing if nothing is due, within a transaction, or if somebody else keeps writing
/// for a quarter of a second: the next caller does it then.
void advance(World& world);

/// For a change from `before` to `after` that the API server accepted: writes it, with a new generation if its spec
/// changed, and lets the controllers act. Called within a transaction.
void change_object(World& world, const ClusterObject& before, ClusterObject after);

/// Deletes a pod; at once if `forced`. Called within a transaction.
void delete_pod(World& world, ClusterObject pod, bool forced);

}  // namespace akqueue::sim
