// What kubectl prints: lists of objects, and its configuration.
#include <algorithm>

#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "fuzz.hpp"
#include "ui/text.hpp"

using namespace akqueue;

/// Whether the container to enter is a worker's, or is not there at all.
static bool is_worker(const cluster::Inventory& inventory, const cluster::Target& target) {
  return std::ranges::none_of(inventory.pods, [&](const cluster::Pod& pod) {
    return pod.name == target.pod && std::ranges::any_of(pod.containers, [&](const cluster::Container& container) {
             return container.name == target.container && container.role != cluster::Role::worker;
           });
  });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::require_harmless(ui::Text(text).view());
  fuzz::refused([&] { cluster::parse_context(text); });
  fuzz::refused([&] {
    const cluster::Inventory inventory = cluster::read_inventory(text);
    cluster::Search search;
    search.name_space = "authentik";
    for (const std::string& release : inventory.releases()) {
      fuzz::refused([&] {
        const cluster::Target target = cluster::choose_server(inventory.of_release(release), search);
        fuzz::require(!is_worker(inventory, target));
      });
    }
    for (const cluster::Deployment& deployment : inventory.deployments) {
      inventory.autoscaler_of(deployment);
      for (const cluster::Pod& pod : inventory.pods) deployment.owns(pod);
    }
  });
  cluster::parse_quantity(text);
  return 0;
}
