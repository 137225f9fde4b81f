// Tasks that were rejected because what they wait for was (2026.8 on): they can be retried together with that.
#pragma once

#include <vector>

#include "queue/change/verdict.hpp"

namespace akqueue::queue {

/// Rejected tasks, of the selection or not, all of whose rejected dependencies a retry of `selection` takes, or takes
/// along in the same way. None where the release has no dependencies. In a transaction. Throws Error (usage) where more
/// than kMostAlong dependencies are between rejected tasks.
std::vector<Uuid> rejected_with(const session::Database& database, const Selection& selection, const ChangeWays& ways);

inline constexpr std::size_t kMostAlong = 100'000;

}  // namespace akqueue::queue
