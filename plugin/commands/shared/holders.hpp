// Which worker holds a task: the database knows a connection's address (the replica: a pod), a person the pod.
#pragma once

#include <optional>
#include <string>

#include "commands/shared/site.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue::commands {

/// The worker's pod that is known to the database as `holder` (Dialect::holders()), or the holder itself where no pod
/// or several have it. Empty where it can't be told: behind a pooler, whose connections they are, and for an address
/// that this role may not see.
std::string holder_name(const Site& site, const std::string& holder);

/// The site's database once it is known whether any worker lives. A few rows. In a transaction that began at `now`.
session::Database knowing_workers(const Site& site, Timestamp now);

/// What --held, --orphaned and --holder mean on this site: each named worker is known to the database by its address as
/// well. Throws Error (unsupported) where locks can't be seen, or who holds them; (usage), suggesting the nearest, for
/// a worker that no pod has.
void check_holders(const Site& site, queue::TaskChoice& choice);

}  // namespace akqueue::commands
