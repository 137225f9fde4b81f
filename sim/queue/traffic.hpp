// What goes on in a queue by itself: tasks that come, workers that finish them, schedules that make theirs. A scenario
// without `arrivals` and without `per_minute` of its workers stands still, its schedules too, and so does a world whose
// clock was stopped.
//
// How much of it is due is reckoned from the uptime up to which it was done before (sim_traffic). Between two looks a
// task goes from queued to done at once. What one look has to catch up with is bounded; the rest waits for the next.
#pragma once

#include "world/world.hpp"

namespace akqueue::sim {

/// Whether let_traffic_flow() would have something to do.
bool traffic_is_due(World& world, Timestamp uptime);

/// Brings the queue up to that uptime. Inside of a transaction of the caller's.
void let_traffic_flow(World& world, Timestamp uptime);

}  // namespace akqueue::sim
