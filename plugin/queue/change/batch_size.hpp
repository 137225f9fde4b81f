// How large the next batch is, from how long the last one took: so large that what the database does for its rows takes
// about a quarter of a second, and that its bytes stay in bounds.
#pragma once

#include <chrono>
#include <cstdint>

#include "queue/change/batch.hpp"

namespace akqueue {

/// What a transaction should take without a backup; a live system must not feel more than twice that.
inline constexpr std::chrono::milliseconds kBatchTime{250};
/// What is longer than this has too many rows, or too large ones, whatever the line adds to it.
inline constexpr std::chrono::milliseconds kTooLong{500};
/// However quick the database is, a batch has no more than about so much.
inline constexpr std::int64_t kBatchBytes = 32 << 20;

/// The step (pages, rows or ids: `size` is in whatever `batch` was of that size) after a batch: at most twice as large
/// as the last, at least a quarter of it, and at least 1. What the rows cost the database is what a step can change.
/// Time on the line and the disk's sync come with every batch, however few rows it has: where the sync is slow (`kept`:
/// rows go to a backup), more rows for each are worth more of the database's time.
std::int64_t next_size(std::int64_t size, const BatchResult& batch, bool kept);

}  // namespace akqueue
