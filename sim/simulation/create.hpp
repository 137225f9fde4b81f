// Makes a world from a scenario. It comes into being under another name and takes its own when it is whole, so that
// there is never half a one.
//
// Errors: Error (refused) when the file is there already and `force` is not given; Error (system) when it can't be
// written.
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
  std::optional<Timestamp> now;  ///< given: the clock stands still there
  bool force = false;
};

/// The simulator's own tables beside authentik's (world.hpp), empty.
void create_own_tables(Database& database);

Written create_world(const std::string& path, const Scenario& scenario, const CreateOptions& options);

}  // namespace akqueue::sim
