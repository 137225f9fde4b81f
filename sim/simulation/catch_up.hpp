// Brings a world up to its uptime: lets happen to the cluster what is due, in order (world/due.hpp), and what
// deployments, HPAs, KEDA and GitOps controllers make of a change. Nobody runs between two processes, so each calls
// advance() when it has opened the world, and a session before each of its requests.
#pragma once

#include "world/store.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Brings the world up to date. Does nothing where nothing is due, inside of a transaction, and while somebody else has
/// been writing for a quarter of a second: the next one to come does it then.
void advance(World& world);

/// The API server accepted a change of `after`, which was `before`: writes it, with a new generation where its spec
/// changed, and lets the controllers act. Inside of a transaction of the caller's.
void change_object(World& world, const ClusterObject& before, ClusterObject after);

/// Deletes a pod; at once when `forced`. Inside of a transaction of the caller's.
void delete_pod(World& world, ClusterObject pod, bool forced);

}  // namespace akqueue::sim
