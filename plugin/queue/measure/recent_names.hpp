// Names for a shell that can't wait: from a bounded number of rows, however many the table has.
//
// No index leads to an actor. So only a few pages of a large table are looked at, and the schedules, whose actors may
// have no task yet; an actor with few tasks among millions may be missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

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

/// How much is looked at. Tests use less.
struct RecentNamesLimits {
  std::int64_t rows = 20'000;   ///< for actors
  std::int64_t tasks = 10;      ///< of each state
  std::int64_t beginning = 50;  ///< with the same beginning of their ids
};

/// By name. In a transaction.
std::vector<ActorSeen> recent_actors(const session::Database& database, RecentNamesLimits limits = {});

/// The tasks of each state that changed last, the newest first: a short look into the index for each. In a transaction.
std::vector<TaskSeen> recent_tasks(const session::Database& database, RecentNamesLimits limits = {});

/// Those whose id begins like this, in the order of ids; none for what can't begin an id. In a transaction.
std::vector<TaskSeen> recent_tasks_beginning(const session::Database& database, const std::string& beginning,
                                             RecentNamesLimits limits = {});

}  // namespace akqueue::queue
