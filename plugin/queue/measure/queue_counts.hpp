// How many tasks each queue has in each state: counted where that is cheap, estimated where it is not.
//
// A group's count is exact up to kCountedUpTo rows, read from the index (queue_name, state) alone. Beyond that, in a
// table of more than kExactRows, it is its share of a sample of the table's pages, and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

struct QueueCount {
  std::string queue;
  std::string state;
  std::int64_t tasks = 0;
  bool estimated = false;
  /// Queued ones with an eta in the future.
  std::int64_t later = 0;
  /// The earliest of these etas; not known of an estimate.
  std::optional<Timestamp> next_eta;
};

/// When counting gives way to estimating. Tests make these small.
struct CountLimits {
  std::int64_t exact_rows = 2'000'000;
  std::int64_t counted_up_to = 100'000;
  std::int64_t sampled_rows = 30'000;
  /// Finished tasks by the level of their logs: each takes a look into the log's index.
  std::int64_t levels_up_to = 30'000;
  std::int64_t sampled_levels = 20'000;

  bool exceeded(const session::Database& database) const;
};

/// In queue and state order. In a transaction that began at `now`.
std::vector<QueueCount> count_queues(const session::Database& database, Timestamp now, const CountLimits& limits);

/// The queues and states that exist, without counting: a short look into the index for each.
std::vector<QueueCount> queue_groups(const session::Database& database);

/// An estimate as it is shown: more digits would claim more than a sample knows.
std::int64_t round_to_three_digits(double number);
/// The same for how far an estimate may be off.
std::int64_t round_to_two_digits(double number);

}  // namespace akqueue::queue
