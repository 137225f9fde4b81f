// What is known about tasks whose worker died: since when, which workers are gone, and whether one that lives would
// take them by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/shared/site.hpp"
#include "queue/change/verdict.hpp"
#include "queue/measure/heartbeats.hpp"
#include "ui/text.hpp"

namespace akqueue::commands {

struct OrphanFacts {
  std::optional<Timestamp> oldest;  ///< when the first of them last changed; like newest
  std::optional<Timestamp> newest;
  std::int64_t alive = 0;                        ///< workers
  std::vector<queue::WorkerHeartbeat> dead;      ///< that reported since the first of them was taken, or just before
  std::vector<queue::VerdictGroup> others = {};  ///< taken as well, and not orphaned: why each is left alone
};

/// Throws Error (refused) where a pooler hides who holds what, and workers live.
void check_orphans_can_be_told(const Site& site, const queue::Heartbeats& heartbeats);

/// In a transaction that began at `now`. `selection` chooses orphaned tasks.
OrphanFacts read_orphan_facts(const session::Database& database, const queue::Selection& selection,
                              const queue::ChangeWays& ways, const queue::Heartbeats& heartbeats, Timestamp now);

ui::Text describe_orphans(const OrphanFacts& facts, Timestamp now);
Json json_of_orphans(const OrphanFacts& facts);

}  // namespace akqueue::commands
