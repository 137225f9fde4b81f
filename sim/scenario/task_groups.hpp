// What a scenario says about its queue: groups of similar tasks, existing or still to come.
//
// Errors: those of scenario/fields.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "scenario/fields.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

/// A higher rate is a typing mistake.
inline constexpr double kMostPerMinute = 1e6;

/// The scenario's `tasks`.
std::vector<TaskGroup> read_tasks(Fields& fields);

/// Refuses shares that do not add up to 1, and a total that is less than the sum of the counts.
void check_shares(const Scenario& scenario, const Fields& fields);

/// The arrivals of a scenario. `file` is what messages call it.
std::vector<Arrivals> read_arrivals(const Json& items, const std::string& file);

/// What no worker can do in a scenario.
std::vector<Failing> read_failing(const Json& items, const std::string& file);

/// How many tasks each group gets when the world has `total` (0: what the scenario says). Adds up exactly.
/// Where there is room, no group is left out.
std::vector<std::int64_t> group_sizes(const Scenario& scenario, std::int64_t total);

}  // namespace akqueue::sim
