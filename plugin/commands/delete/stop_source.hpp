// --stop-source: what would make the same tasks again. Schedules are paused before anything is deleted; of what is no
// schedule it is said where to stop it.
#pragma once

#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/shared/keep_request.hpp"
#include "commands/shared/site.hpp"
#include "queue/change/schedule_change.hpp"
#include "queue/measure/selection_counts.hpp"

namespace akqueue::commands {

struct Sources {
  queue::ScheduleWays ways = {};
  std::vector<queue::ScheduleVerdict> schedules = {};
  struct Other {
    std::string what;   ///< `updates to outposts`
    std::string where;  ///< in the admin UI
  };
  std::vector<Other> others = {};
  Timestamp now = 0;
};

/// Of the unfinished tasks that go: the schedules to which some of them belong, and all of an actor where none of its
/// tasks belongs to one. What is finished is no flood, whatever made it. One scan. In a transaction.
Sources find_sources(const Site& site, const queue::Selection& selection, const queue::SelectionCounts& going);

ui::Text describe_sources(const ui::Terminal& terminal, const Sources& sources);
Json json_of_sources(const Sources& sources);

/// What was paused.
struct StoppedSources {
  std::string id = {};                      ///< its entry in the history; empty: nothing was to be paused
  std::vector<std::string> schedules = {};  ///< by their short names
};

/// Pauses them, with a record of its own, so that it can be undone without the deletion. Outside a transaction. Throws
/// the Error that it failed with: nothing is to be deleted then.
StoppedSources stop_sources(const cli::Environment& environment, const Site& site, KeepRequest keep,
                            const Sources& sources);

}  // namespace akqueue::commands
