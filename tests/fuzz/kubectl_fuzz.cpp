// What kubectl prints: lists of objects, and its configuration.
#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "fuzz.hpp"
#include "ui/text.hpp"

using namespace akqueue;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::require_harmless(visible(text));
  fuzz::refused([&] { parse_context(text); });
  fuzz::refused([&] {
    const Inventory inventory = read_inventory(text);
    Search search;
    search.name_space = "authentik";
    for (const std::string& release : inventory.releases()) {
      fuzz::refused([&] {
        const Target target = choose_server(inventory.of_release(release), search);
        fuzz::require(target.container == kServer);
      });
    }
    for (const Deployment& deployment : inventory.deployments) {
      inventory.autoscaler_of(deployment);
      for (const Pod& pod : inventory.pods) deployment.owns(pod);
    }
  });
  parse_quantity(text);
  return 0;
}
