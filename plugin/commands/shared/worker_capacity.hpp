// How much a site's workers can have taken at once: behind a pooler, what is locked beyond that is nobody's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "commands/shared/site.hpp"
#include "queue/settings.hpp"

namespace akqueue::commands {

/// How many tasks one worker that lives can have taken: each of its processes twice as many as it has threads, of the
/// deployment with the most. Nothing where the session is behind no pooler, since then locks tell, and where the
/// workers' settings are not known. One round trip behind a pooler. Throws what the session throws.
std::optional<std::int64_t> most_held_by_each(const Site& site);

/// The same from settings that were read already, of this inventory.
std::optional<std::int64_t> most_held_by_each(const Site& site, const cluster::Inventory& inventory,
                                              const std::vector<queue::LiveSetting>& settings);

}  // namespace akqueue::commands
