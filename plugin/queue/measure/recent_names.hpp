// Names for a shell that can't wait: out of a bounded number of rows, however many the table has.
//
// No index leads to an actor. So of a large table a few pages are looked at, and the schedules, which name actors that
// may have no task yet; an actor with few tasks among millions may be missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue {

struct ActorSeen {
  std::string actor;
  std::int64_t tasks = 0;
  bool estimated = false;
};

struct TaskSeen {
  std::string id;
  std::string actor;
  std::string state;
  std::optional<Timestamp> changed;
};

/// How much is looked at. Tests make it small.
struct RecentNamesLimits {
  std::int64_t rows = 20'000;   ///< for actors
  std::int64_t tasks = 10;      ///< of each state
  std::int64_t beginning = 50;  ///< with the same beginning of their ids
};

/// By name. In a transaction.
std::vector<ActorSeen> recent_actors(const Database& database, RecentNamesLimits limits = {});

/// The last that changed of each state, the newest first: a short look into the index for each state. In a transaction.
std::vector<TaskSeen> glance_at_tasks(const Database& database, RecentNamesLimits limits = {});

/// Those whose id begins like this, in the order of ids; none for what begins no id. In a transaction.
std::vector<TaskSeen> glance_at_tasks_beginning(const Database& database, const std::string& beginning,
                                                RecentNamesLimits limits = {});

}  // namespace akqueue
