// Writes a selection to a backup without deleting anything.
#pragma once

#include <functional>

#include "queue/change/batch.hpp"
#include "queue/change/deletion.hpp"

namespace akqueue::queue {

struct ExportResult {
  std::int64_t tasks = 0;
  backup::OtherRows other_rows;
  Ending ending = Ending::complete;
};

struct ExportOrders {
  Selection selection;
  std::int64_t expected = 0;
  std::function<bool()> stop = [] { return false; };
  std::function<void(const Progress&)> progress = [](const Progress&) {};
};

/// In a read-only transaction with one snapshot for all of it, so that tasks and logs belong together. A stretch of the
/// table at a time, each sealed like a batch of a deletion. Throws what the session and the sink throw.
ExportResult export_tasks(const session::Database& database, const ExportOrders& orders, backup::BackupSink& sink);

}  // namespace akqueue::queue
