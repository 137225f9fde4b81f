// What is known of each worker, put together: its pod, what it uses, its heartbeat, the tasks it holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/metrics.hpp"
#include "queue/measure/workers.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {

struct WorkerRow {
  const cluster::Pod* pod = nullptr;
  std::optional<cluster::Usage> usage;
  std::optional<queue::WorkerHeartbeat> heartbeat;
  std::optional<std::int64_t> held;  ///< nothing where holders can't be told apart: a connection pooler stands between
};

/// In the order of the inventory, which the rows point into.
std::vector<WorkerRow> worker_rows(const cluster::Inventory& inventory, const cluster::Metrics& metrics,
                                   const queue::WorkersSeen& seen);

/// As a table has them; AGE is the last.
std::vector<ui::ListingColumn> worker_columns(bool wide);
std::vector<ui::Text> worker_cells(const WorkerRow& row, Timestamp now, bool wide);

}  // namespace akqueue::commands
