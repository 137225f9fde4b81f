// What a drain is going to do, for a person and as JSON.
#pragma once

#include <chrono>
#include <string>

#include "akqueue/json.hpp"
#include "commands/drain/steps.hpp"

namespace akqueue {

struct DrainPlan {
  std::vector<DrainTarget> drained;
  std::chrono::seconds timeout{0};
  std::chrono::seconds follow{0};
  bool keep_down = false;
  bool deletes = true;
  bool resumed = false;  ///< an earlier run may have deleted a part
  std::string deletion;  ///< what it deletes, in words to print (counted_headline)
};

/// For every worker deployment of the inventory: what it has now, and where it goes back to.
DrainPlan make_plan(const Inventory& inventory);

/// Step by step, and what else scales these deployments.
std::string describe(const DrainPlan& plan);
Json json_of(const DrainPlan& plan);

}  // namespace akqueue
