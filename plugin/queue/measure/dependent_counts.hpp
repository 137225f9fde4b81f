// What a deletion does to tasks that wait for others (filter/dependencies.hpp), in numbers. All are 0 in a release
// without dependencies.
#pragma once

#include <cstdint>

#include "queue/filter/selection.hpp"

namespace akqueue::queue {

struct DependentCounts {
  std::int64_t left = 0;   ///< waiting tasks outside that would run without what goes (Dependents::left)
  std::int64_t along = 0;  ///< of the selection: waiting tasks that the filter alone does not choose (along)
  std::int64_t kept = 0;   ///< chosen by the filter, and not in the selection: waiting tasks outside need them (kept)
};

/// In a transaction.
DependentCounts count_dependents(const session::Database& database, const Selection& selection);

/// After a deletion that spares what is waited for (along, kept): what is still there for that reason, and is not in a
/// worker's hand. In a transaction.
std::int64_t count_awaited(const session::Database& database, const Selection& selection);

}  // namespace akqueue::queue
