// Watching what becomes of tasks that were put back, until all have been tried or the time is over.
#pragma once

#include <chrono>
#include <vector>

#include "akqueue/json.hpp"
#include "cli/command.hpp"
#include "commands/shared/site.hpp"
#include "queue/change/fates.hpp"

namespace akqueue::commands {

struct FateWatch {
  queue::Fates fates;
  std::int64_t seconds = 0;  ///< that it took
  bool interrupted = false;  ///< by the person
};

/// Looks every two seconds. A Ctrl-C ends the watch, not the tasks.
FateWatch watch_fates(const cli::Environment& environment, const Site& site, const std::vector<Uuid>& ids,
                      std::chrono::seconds longest);

/// `after 14s: 280 finished, 12 failed again, 3 wait`, then how they failed.
ui::Text describe_fates(const ui::Terminal& terminal, const FateWatch& watch);
Json json_of_fates(const FateWatch& watch);

}  // namespace akqueue::commands
