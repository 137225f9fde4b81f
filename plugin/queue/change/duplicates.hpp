// Tasks that would do the same again. Two are alike where tenant, queue, actor, uid and related object are the same;
// where they have no uid, their messages must have the same arguments as well.
#pragma once

#include <cstdint>
#include <vector>

#include "akqueue/time.hpp"
#include "akqueue/uuid.hpp"
#include "queue/filter/filter.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct Duplicates {
  std::vector<Uuid> ids;        ///< all but one of those that are alike, in the order of ids
  std::int64_t compared = 0;    ///< tasks without uid whose messages were looked into
  std::int64_t unreadable = 0;  ///< of these: their arguments can't be read, so that they are like no other
};

/// Among the tasks of the filter: its limit does not count. One scan, and the messages of those without uid that could
/// be alike. In a transaction with one snapshot. Throws Error (refused) where too many different arguments would have
/// to be remembered.
Duplicates find_duplicates(const session::Database& database, const TaskFilter& filter, KeptDuplicate keep,
                           Timestamp now);

}  // namespace akqueue::queue
