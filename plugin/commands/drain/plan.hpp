// What a drain is going to do, for a person and as JSON.
#pragma once

#include <chrono>

#include "akqueue/json.hpp"
#include "commands/drain/request.hpp"
#include "commands/drain/steps.hpp"

namespace akqueue::commands {

struct DrainPlan {
  std::vector<DrainTarget> drained;
  std::chrono::seconds timeout{0};
  std::chrono::seconds follow{0};
  bool keep_down = false;
  bool deletes = true;
  bool resumed = false;  ///< an earlier run may have deleted a part
  ui::Text deletion;     ///< what it deletes (counted_headline)
};

/// For every worker deployment of the inventory: what it has now, and where it goes back to; of a drain that is
/// unfinished, what its note says. Throws Error (not_found, forbidden) where none can be seen, (unsupported) for a note
/// that a newer version may have written; for a drain that begins also (refused) where a worker deployment runs the
/// server too, or where a worker's pod is of none of them.
DrainPlan make_plan(const DrainRequest& request, const cluster::Inventory& inventory, const cluster::Search& search);

/// Those that the request names go back to what it says. Throws Error (usage, not_found).
void set_replicas(const DrainRequest& request, DrainPlan& plan);

/// Step by step, and what else scales these deployments.
ui::Text describe(const DrainPlan& plan);
Json json_of(const DrainPlan& plan);

}  // namespace akqueue::commands
