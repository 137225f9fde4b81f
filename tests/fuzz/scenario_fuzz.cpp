// Scenario files: read whole, or refused with the field's name.
#include "fuzz.hpp"
#include "scenario/scenario.hpp"
#include "scenario/task_groups.hpp"

using namespace akqueue;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::refused([&] {
    const sim::Scenario scenario = sim::read_scenario(fuzz::text_of(data, size), "scenario.json");
    std::int64_t sum = 0;
    constexpr std::int64_t kTotal = 1000;
    if (scenario.tasks.empty()) return;
    for (const std::int64_t count : sim::group_sizes(scenario, kTotal)) {
      fuzz::require(count >= 0);
      sum += count;
    }
    fuzz::require(sum == kTotal);
  });
  return 0;
}
