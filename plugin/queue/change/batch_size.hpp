// How large the next batch is, from how long the last one took: the database should work about a fifth of a second on
// its rows, and its bytes should stay in bounds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "queue/change/batch.hpp"
#include "queue/change/batch_weight.hpp"

namespace akqueue::queue {

/// What a transaction should take without a backup; a live system must not be held up for more than twice that.
inline constexpr std::chrono::milliseconds kBatchTime{200};
/// A batch that takes longer has too many rows, or too large ones, however slow the network is.
inline constexpr std::chrono::milliseconds kTooLong{500};

/// The step (pages, rows or ids: `size` is in whatever `batch` was of that size) after a batch: at most twice as large
/// as the last, at least a quarter of it, and at least 1. What the rows cost the database is what a step can change.
/// Time on the line and the disk's sync come with every batch, however few rows it has: where the line is long, or the
/// sync slow (`kept`: rows go to a backup), more rows for each are worth more of the database's time.
/// `time` is what a transaction should take where somebody said so.
std::int64_t next_size(std::int64_t size, const BatchResult& batch, bool kept,
                       std::optional<std::chrono::milliseconds> time = {});

}  // namespace akqueue::queue
