// Makes a world from a scenario, under a temporary name until it is complete, so that there is never half a world.
//
// Errors: Error (refused) if the file exists already and `force` is not given; Error (system) if it can't be written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "queue/tasks.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

struct CreateOptions {
  std::int64_t tasks = 0;  ///< 0: as many as the scenario says
  std::uint64_t seed = 1;
  std::optional<Timestamp> now;  ///< if given, the clock is stopped there
  bool force = false;
};

/// Creates the simulator's own tables (world.hpp), empty.
void create_own_tables(Database& database);

Written create_world(const std::string& path, const Scenario& scenario, const CreateOptions& options);

}  // namespace akqueue::sim
