#include "cluster/workers.hpp"

#include "akqueue/tasks.hpp"
#include "cluster/own_site.hpp"
#include "cluster/pods.hpp"
#include "world/random.hpp"

namespace akqueue::sim {
namespace {

constexpr Timestamp kBeat = 30 * kSecond;
constexpr Timestamp kSilent = 60 * kSecond;
const std::string kTable(kWorkerStatusTable);

/// How many more heartbeats came until `shown`.
Timestamp latest(Timestamp heartbeat, Timestamp shown) { return heartbeat + (shown - heartbeat) / kBeat * kBeat; }

std::optional<Timestamp> heartbeat_of(Database& database, const std::string& worker) {
  const SqlValue name = worker;
  const auto text = database.text_of("SELECT max(last_seen) FROM " + kTable + " WHERE hostname = ?1", {&name, 1});
  return text ? parse_timestamp(*text) : std::nullopt;
}

/// The workers that had a recent heartbeat when the world was made.
template <class Visit>
void each_beating(World& world, Timestamp shown, Visit visit) {
  for (const ClusterObject& pod : world.objects("Pod", world.fact("namespace"))) {
    if (!is_worker(world, pod) || !is_running(pod)) continue;
    const auto heartbeat = heartbeat_of(world.database(), name_of(pod));
    const Timestamp made = world.clock().shown(0);
    if (!heartbeat || *heartbeat < made - kSilent || shown - *heartbeat < kBeat) continue;
    visit(name_of(pod), latest(*heartbeat, shown));
  }
}

}  // namespace

bool is_worker(World& world, const ClusterObject& pod) {
  return chart_label(pod, "component") == "worker" && of_own_site(world, pod);
}

void worker_starts(World& world, const ClusterObject& pod, Timestamp shown) {
  if (!is_worker(world, pod)) return;
  Database& database = world.database();
  const std::string name = name_of(pod);
  database.prepare("INSERT OR IGNORE INTO sim_alive (hostname) VALUES (?1)").bind(1, name).run();
  if (heartbeat_of(database, name)) {
    database.prepare("UPDATE " + kTable + " SET last_seen = ?1 WHERE hostname = ?2")
        .bind(1, format_timestamp(shown))
        .bind(2, name)
        .run();
    return;
  }
  Random random(static_cast<std::uint64_t>(world.store().revision()) + 0x51ed270b);
  database.prepare("INSERT INTO " + kTable + " (id, hostname, version, last_seen) VALUES (?1, ?2, ?3, ?4)")
      .bind(1, random.uuid())
      .bind(2, name)
      .bind(3, chart_label(pod, "version"))
      .bind(4, format_timestamp(shown))
      .run();
}

void worker_ends(World& world, const ClusterObject& pod) {
  for (const char* own : {"DELETE FROM sim_lock WHERE worker = ?1", "DELETE FROM sim_alive WHERE hostname = ?1"})
    world.database().prepare(own).bind(1, name_of(pod)).run();
}

void beat(World& world, Timestamp shown) {
  each_beating(world, shown, [&](const std::string& worker, Timestamp at) {
    world.database()
        .prepare("UPDATE " + kTable + " SET last_seen = ?1 WHERE hostname = ?2")
        .bind(1, format_timestamp(at))
        .bind(2, worker)
        .run();
  });
}

bool beat_is_due(World& world, Timestamp shown) {
  bool due = false;
  each_beating(world, shown, [&](const std::string&, Timestamp) { due = true; });
  return due;
}

std::int64_t unfinished_tasks(World& world) {
  return world.database().integer_of("SELECT count(*) FROM " + std::string(kTaskTable) +
                                     " WHERE state NOT IN ('done', 'rejected')");
}

}  // namespace akqueue::sim
