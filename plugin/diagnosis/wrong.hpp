// What is wrong with a site at first sight, the worst first: from its pods, its workers' heartbeats and its queue.
#pragma once

#include <string>
#include <vector>

#include "cluster/inventory.hpp"
#include "queue/measure/status.hpp"

namespace akqueue::diagnosis {

struct Wrong {
  std::string words;      ///< `2 of 2 workers OOM-killed, the last 4m ago`; foreign text among them
  std::string more;       ///< the command that tells more, without `kubectl akqueue`: `workers`
  bool is_drain = false;  ///< one that nobody has finished
};

/// An unfinished drain; workers killed for want of memory in the last quarter of an hour; no worker, though tasks wait;
/// nothing finished though workers live and tasks have long been due; workers of several versions. `server`: the
/// server's version, empty if it is not known. Empty where nothing is.
std::vector<Wrong> what_is_wrong(const cluster::Inventory& site, const queue::QueueStatus& status,
                                 const std::string& server);

/// `the server runs 2026.2.1, 1 of 3 workers 2025.12.4`; empty where all that live run the same. Of `server` as above.
std::string other_versions(const queue::Heartbeats& heartbeats, const std::string& server);

}  // namespace akqueue::diagnosis
