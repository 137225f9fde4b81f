// What `workers` reads of a site, and the document that it makes of it.
#pragma once

#include <chrono>

#include "akqueue/json.hpp"
#include "commands/look/worker_table.hpp"
#include "commands/shared/site.hpp"
#include "diagnosis/live_settings.hpp"

namespace akqueue::commands {

/// How often --watch looks unless it is told.
inline constexpr auto kWorkersInterval = std::chrono::seconds(10);

/// What `workers` was asked for, of one site or of all.
struct WorkersRequest {
  SiteRequest site;
  bool watch = false;
  std::chrono::seconds interval = kWorkersInterval;
  OutputFormat output = OutputFormat::table;
};

/// One look at everything.
struct WorkersLook {
  cluster::Inventory inventory;
  cluster::Metrics metrics;
  queue::WorkersSeen seen;
  std::vector<queue::LiveSetting> settings;  ///< as in force
};

/// How many tasks a worker deployment can run at once; nothing in what is not known.
struct Capacity {
  std::optional<std::int64_t> processes;  ///< in each pod
  std::optional<std::int64_t> threads;    ///< in each process
};
Capacity capacity_of(const WorkersLook& look, const cluster::Deployment& deployment);

/// One `kubectl get --raw` for the metrics and one short transaction. Throws the Errors of a session.
WorkersLook look_at_workers(const cli::Environment& environment, Cluster& cluster, const Site& site,
                            cluster::Inventory inventory);

/// `workers -o json`.
Json document_of_workers(const Site& site, const WorkersLook& look);

}  // namespace akqueue::commands
