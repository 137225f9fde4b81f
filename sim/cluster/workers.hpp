// What a worker's pod does in the database: its heartbeat while it runs, and the tasks that it holds until it ends.
#pragma once

#include "world/store.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Workers of the world's own release; those of a neighbour are passed over, as are servers.
bool is_worker(World& world, const ClusterObject& pod);

/// It has connected: its first heartbeat.
void worker_starts(World& world, const ClusterObject& pod, Timestamp shown);
/// Its session has ended: the tasks that it held become orphans. Its heartbeat stays and grows old.
void worker_ends(World& world, const ClusterObject& pod);

/// Every half minute each running worker reports. One whose heartbeat was older than a minute when the world was made,
/// or that is not running, does not.
void beat(World& world, Timestamp shown);
/// Whether beat() would have something to write.
bool beat_is_due(World& world, Timestamp shown);

/// Tasks that no worker has finished.
std::int64_t unfinished_tasks(World& world);

}  // namespace akqueue::sim
