// The tasks that a change takes, by the last error of their log: which can be run again because its cause is gone?
#pragma once

#include <string>
#include <vector>

#include "queue/change/verdict.hpp"

namespace akqueue::queue {

/// Tasks that failed in the same way.
struct ErrorGroup {
  std::string error;      ///< class and message, ids and numbers folded; empty: no error is logged
  std::vector<Uuid> ids;  ///< of the tasks
};

/// More are not grouped: each is read.
inline constexpr std::size_t kMostGrouped = 200'000;

/// The most tasks first, then by their errors. One scan, and one look into the log's index for each task. In a
/// transaction. Throws Error (usage) for more than kMostGrouped tasks, (unsupported) where this release keeps no log.
std::vector<ErrorGroup> group_by_error(const session::Database& database, const Selection& selection,
                                       const ChangeWays& ways);

}  // namespace akqueue::queue
