#include "backup/sink.hpp"

namespace akqueue::backup {

std::int64_t total(const Tally& tally) {
  std::int64_t sum = 0;
  for (const auto& [key, count] : tally) sum += count;
  return sum;
}

}  // namespace akqueue::backup
