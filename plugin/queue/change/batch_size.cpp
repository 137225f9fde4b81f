#include "queue/change/batch_size.hpp"

#include <algorithm>

namespace akqueue::queue {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

/// With a backup, the disk adds its share at the end of each batch, and varies more.
constexpr Milliseconds kTargetWithBackup = 180ms;
/// Where a sync takes longer than that, a batch may keep the database busy as long as the sync does, up to this.
constexpr Milliseconds kMostBesideSync = 400ms;
/// On a long line it may keep it busy for so many round trips, up to this: rows that others may want are locked for the
/// round trip as well.
constexpr int kTimesLongLine = 3;
constexpr Milliseconds kMostBesideLine = 250ms;
constexpr std::int64_t kLargest = 1 << 20;

Milliseconds usual_time(const BatchResult& batch, bool kept) {
  const Milliseconds beside_line = std::min(kTimesLongLine * batch.line, kMostBesideLine);
  if (!kept) return std::max(kBatchTime, beside_line);
  return std::max({kTargetWithBackup, beside_line, std::min(batch.disk, kMostBesideSync)});
}

}  // namespace

std::int64_t next_size(std::int64_t size, const BatchResult& batch, bool kept, std::optional<Milliseconds> time) {
  const Milliseconds target = time ? *time : usual_time(batch, kept);
  const double in_time = static_cast<double>(target.count()) / std::max(1.0, static_cast<double>(batch.work().count()));
  const double in_bytes = static_cast<double>(kBatchBytes) / std::max(1.0, static_cast<double>(batch.bytes));
  const double next = static_cast<double>(size) * std::clamp(std::min(in_time, in_bytes), 0.25, 2.0);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(next), 1, kLargest);
}

}  // namespace akqueue::queue
