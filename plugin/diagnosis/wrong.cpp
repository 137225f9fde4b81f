#include "diagnosis/wrong.hpp"

#include <algorithm>
#include <map>

#include "akqueue/words.hpp"
#include "cluster/drain_note.hpp"
#include "diagnosis/kills.hpp"

namespace akqueue::diagnosis {
namespace {

constexpr const char* kWorkers = "workers";

/// Due tasks have waited for so long that somebody should have finished one: the window of QueueStatus::flow.
bool due_for_long(const queue::QueueStatus& status) {
  const auto oldest = status.oldest_queued();
  return status.queued() > status.queued_later() && oldest && status.now - *oldest >= status.flow.window_s * kSecond;
}

std::string waiting(const queue::QueueStatus& status) {
  const std::int64_t due = status.queued() - status.queued_later();
  return (status.estimated() ? "~" : "") + with_separators(due) + (due == 1 ? " task is due" : " tasks are due");
}

void add_drain(const cluster::Inventory& site, std::vector<Wrong>& wrong) {
  for (const cluster::Deployment& one : site.deployments) {
    if (!one.annotations.contains(cluster::kDrainAnnotation)) continue;
    wrong.push_back({"a drain is unfinished: deployment/" + one.name + " is at " + std::to_string(one.replicas),
                     "drain --resume", true});
  }
}

void add_kills(const cluster::Inventory& site, Timestamp now, std::vector<Wrong>& wrong) {
  const Kills kills = read_kills(site);
  if (!kills.lately(now)) return;
  wrong.push_back({with_separators(kills.killed) + " of " + count_of(kills.workers, "worker", "workers") +
                       " OOM-killed" +
                       (kills.last ? ", the last " + format_age((now - *kills.last) / kSecond) + " ago" : ""),
                   kWorkers});
}

/// Heartbeats tell where the release keeps them; else the pods do.
bool nobody_works(const cluster::Inventory& site, const queue::QueueStatus& status) {
  if (status.heartbeats.kept) return status.heartbeats.alive() == 0;
  return std::ranges::none_of(site.pods, [](const cluster::Pod& pod) { return pod.roles.worker && pod.ready; });
}

void add_idleness(const cluster::Inventory& site, const queue::QueueStatus& status, std::vector<Wrong>& wrong) {
  if (status.queued() == status.queued_later()) return;
  if (nobody_works(site, status)) {
    wrong.push_back({"no worker lives, and " + waiting(status), kWorkers});
    return;
  }
  const queue::Flow& flow = status.flow;
  if (flow.done() + flow.rejected() + flow.put_back() > 0 || !due_for_long(status)) return;
  const std::string alive = status.heartbeats.kept ? count_of(status.heartbeats.alive(), "worker lives", "workers live")
                                                   : "workers are Ready";
  wrong.push_back(
      {"nothing finished in " + format_age(flow.window_s / 60 * 60) + ", though " + alive + " and " + waiting(status),
       kWorkers});
}

}  // namespace

std::string other_versions(const queue::Heartbeats& heartbeats, const std::string& server) {
  std::map<std::string, std::int64_t> versions;
  for (const queue::WorkerHeartbeat& worker : heartbeats.workers) {
    if (worker.alive && !worker.version.empty()) ++versions[worker.version];
  }
  std::int64_t all = 0;
  for (const auto& [version, workers] : versions) all += workers;
  if (!server.empty()) versions.erase(server);
  if (versions.empty() || (server.empty() && versions.size() == 1)) return {};
  std::vector<std::string> words;
  for (const auto& [version, workers] : versions)
    words.push_back(with_separators(workers) + " of " + count_of(all, "worker", "workers") + " " + version);
  return (server.empty() ? std::string("workers differ: ") : "the server runs " + server + ", ") + joined(words);
}

std::vector<Wrong> what_is_wrong(const cluster::Inventory& site, const queue::QueueStatus& status,
                                 const std::string& server) {
  std::vector<Wrong> wrong;
  add_drain(site, wrong);
  add_kills(site, status.now, wrong);
  add_idleness(site, status, wrong);
  if (const std::string versions = other_versions(status.heartbeats, server); !versions.empty())
    wrong.push_back({versions, kWorkers});
  return wrong;
}

}  // namespace akqueue::diagnosis
