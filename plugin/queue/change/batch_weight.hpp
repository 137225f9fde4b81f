// What tasks weigh: a batch takes as many as fit, by bytes as well as by rows. One that is heavier goes alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "queue/change/foreign_keys.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// About so many bytes leave the database in one transaction.
inline constexpr std::int64_t kBatchBytes = 16 << 20;
/// What a row of another table counts for, bytes: so many thousand of them take as long as a full batch.
inline constexpr std::int64_t kRowWeight = 800;

/// An expression on the task row `alias`: about how many bytes its large columns have, and what the rows of `counted`
/// tables that name it count for. The columns cost nothing to measure, the rows of a table an index lookup.
std::string weight_of(const session::Database& database, const std::vector<ReferencingRows>& counted,
                      std::string_view alias);

/// Asks which of `tables` have tasks with so many rows that a batch of usual size could take seconds; `heavy` gets
/// these with the answers. A look at a sample, on the replica at all of it; none at tables that are too small for that.
std::vector<session::Request> ask_for_heavy_tasks(const session::Database& database,
                                                  const std::vector<ReferencingRows>& tables,
                                                  std::vector<ReferencingRows>& heavy);

}  // namespace akqueue::queue
