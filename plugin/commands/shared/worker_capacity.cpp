#include "commands/shared/worker_capacity.hpp"

#include <algorithm>

#include "diagnosis/live_settings.hpp"

namespace akqueue::commands {

std::optional<std::int64_t> most_held_by_each(const Site& site) {
  if (!site.facts.pooled) return std::nullopt;
  return most_held_by_each(site, site.inventory, diagnosis::read_settings(*site.session, site.inventory));
}

std::optional<std::int64_t> most_held_by_each(const Site& site, const cluster::Inventory& inventory,
                                              const std::vector<queue::LiveSetting>& settings) {
  constexpr std::int64_t kPrefetch = 2;
  if (!site.facts.pooled) return std::nullopt;
  std::int64_t most = 0;
  for (const cluster::Deployment* deployment : inventory.workers()) {
    const auto processes = diagnosis::number_of(settings, "worker.processes", deployment->name);
    const auto threads = diagnosis::number_of(settings, "worker.threads", deployment->name);
    if (!processes || !threads) return std::nullopt;
    most = std::max(most, *processes * *threads * kPrefetch);
  }
  return most == 0 ? std::nullopt : std::optional(most);
}

}  // namespace akqueue::commands
