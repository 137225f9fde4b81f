// What happens in a queue by itself: tasks come, workers finish or fail them, schedules make theirs. A scenario without
// `arrivals` and without `per_minute` for its workers stands still, including its schedules; so does a world whose
// clock was stopped.
//
// How much is due follows from the uptime up to which it was done before (sim_traffic). Between two looks a task goes
// from queued to done at once. One look catches up only so much; the rest waits for the next.
#pragma once

#include "world/world.hpp"

namespace akqueue::sim {

/// Whether let_traffic_flow() would have something to do.
bool traffic_is_due(World& world, Timestamp uptime);

/// Brings the queue up to that uptime. Called within a transaction.
void let_traffic_flow(World& world, Timestamp uptime);

}  // namespace akqueue::sim
