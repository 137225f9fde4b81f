// What a person asks after a deletion: does the queue refill, what comes back by itself, what has to be brought back by
// hand. Two lines with the summary; with --follow, a line every ten seconds for a minute.
#pragma once

#include <chrono>

#include "akqueue/json.hpp"
#include "commands/delete/deletion_flow.hpp"
#include "queue/measure/flow.hpp"

namespace akqueue::commands {

struct Refill {
  std::int64_t since_s = 0;                ///< seconds from the preview to this look
  queue::Flow flow;                        ///< since the preview
  std::vector<queue::Schedule> schedules;  ///< that make again what went, next first
  bool outposts = false;                   ///< updates to outposts went
  Timestamp now = 0;
};

/// One short look. Outside a transaction.
Refill look_after(const Site& site, const Preview& preview);
ui::Text describe(const Refill& refill);
Json json_of(const Refill& refill);

/// Looks every ten seconds for that long, prints a line each unless the output is JSON and at the end a verdict, and
/// adds both to `aftermath` (`follow`, `verdict`: null where there was no look). Ends quietly on Ctrl-C. What can't be
/// looked at ends it with a notice.
void follow(const cli::Environment& environment, Cluster& cluster, const Site& site, std::chrono::seconds duration,
            OutputFormat output, Json& aftermath);

/// Whether tasks that update outposts, and were not finished, are among them.
bool takes_outpost_updates(const queue::SelectionCounts& counts);

}  // namespace akqueue::commands
