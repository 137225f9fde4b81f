#include "diagnosis/kills.hpp"

#include "akqueue/words.hpp"

namespace akqueue::diagnosis {
namespace {

constexpr std::int64_t kLately = 15 * 60;

bool was_killed(const cluster::Pod& pod) { return pod.last_end && pod.last_end->reason == "OOMKilled"; }

}  // namespace

bool Kills::lately(Timestamp now) const { return killed > 0 && (!last || now - *last < kLately * kSecond); }

std::string Kills::words(Timestamp now) const {
  if (workers == 0) return "No worker runs";
  if (killed == 0)
    return "No OOM kill: " + with_separators(ready) + " of " +
           (workers == 1 ? "1 worker is Ready" : with_separators(workers) + " workers are Ready");
  std::string text = "OOM-killed: " + with_separators(killed) + " of " + count_of(workers, "worker", "workers") +
                     (last ? ", the last " + format_age((now - *last) / kSecond) + " ago" : std::string());
  if (restarts > 0)
    text += ", restarted " + (restarts == 1 ? std::string("once") : with_separators(restarts) + " times") +
            (since ? " in " + format_age((now - *since) / kSecond) : std::string());
  return text;
}

Kills read_kills(const cluster::Inventory& inventory) {
  Kills kills;
  for (const cluster::Pod& pod : inventory.pods) {
    if (!pod.roles.worker) continue;
    ++kills.workers;
    if (pod.ready) ++kills.ready;
    if (!was_killed(pod)) continue;
    ++kills.killed;
    kills.restarts += pod.restarts;
    if (pod.started && (!kills.since || *pod.started < *kills.since)) kills.since = pod.started;
    if (kills.killed > 1 && (!pod.last_end->at || (kills.last && *kills.last >= *pod.last_end->at))) continue;
    kills.last = pod.last_end->at;
    kills.last_pod = pod.name;
  }
  return kills;
}

}  // namespace akqueue::diagnosis
