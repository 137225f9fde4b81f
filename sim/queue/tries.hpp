// What workers leave of the tasks that they have tried: finished rows, or rejected ones where the scenario says that
// they fail, and the log that the middleware writes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replica/schema.hpp"
#include "world/random.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// What no worker of this world can do. None in a world of an earlier version.
std::vector<Failing> failing_of(World& world);

class Tries {
 public:
  /// `failing`: what no worker can do.
  Tries(World& world, const Schema& schema, std::vector<Failing> failing)
      : world_(world), schema_(schema), failing_(std::move(failing)) {}

  /// Tries the oldest `count` tasks that are due, one after the other from `since` to `at`, both as the world shows
  /// them.
  void work_off(std::int64_t count, Timestamp since, Timestamp at);

 private:
  struct Tried {
    std::string id;
    Timestamp at;
    const Failing* failed;  ///< null: it was finished
  };

  std::vector<Tried> take_due(std::int64_t count, Timestamp since, Timestamp at);
  const Failing* fails(std::string_view actor, std::string_view uid) const;
  void end(const std::vector<Tried>& tried);
  void log(const std::vector<Tried>& tried, Timestamp at);

  World& world_;
  const Schema& schema_;
  std::vector<Failing> failing_;
};

}  // namespace akqueue::sim
