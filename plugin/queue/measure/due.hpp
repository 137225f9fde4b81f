// How many tasks workers could take at once.
#pragma once

#include <cstdint>

#include "session/database.hpp"

namespace akqueue::queue {

/// Queued, and not for later. Counted by an index: about 0.1 s a million. In a transaction that began at `now`.
std::int64_t count_due(const session::Database& database, Timestamp now);

}  // namespace akqueue::queue
