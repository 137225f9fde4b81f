// A world: one SQLite file with authentik's database (replica/schema.hpp) and the cluster around it. The simulator's
// own tables begin with sim_:
//   sim_world(key, value)           facts: scenario, seed, system, release, version, schema, now, contexts, users,
//                                   revision
//   sim_clock(set_at, uptime, speed)         how time passes (clock.hpp)
//   sim_object(kind, namespace, name, json)  the cluster's objects as the API server shows them (store.hpp)
//   sim_deployment                  what the pods of a deployment do (cluster/pod_behaviour.hpp)
//   sim_due(at, what, name)         what will happen to the cluster (due.hpp)
//   sim_traffic(name, until)        the uptime up to which tasks have come and been finished (queue/traffic.hpp)
//   sim_lock(message_id, worker)    tasks that live workers hold; the view akqueue_held shows them to sessions
//   sim_alive(hostname)             workers that live; the view akqueue_alive shows them to sessions
//   sim_size, sim_trigger, sim_notification  what PostgreSQL's catalog and listeners would know
//
// Errors: Error (system) for a file that is missing or not a world.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "replica/database.hpp"
#include "world/clock.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

/// In the file's header (PRAGMA application_id and user_version).
inline constexpr std::int64_t kApplicationId = 0x616b7175;
inline constexpr std::int64_t kWorldVersion = 6;

class World {
 public:
  /// `real` is the clock of the machine.
  explicit World(const std::string& path, std::function<Timestamp()> real = real_now);

  Database& database() { return database_; }
  ObjectStore& store() { return objects_; }
  Clock& clock() { return *clock_; }
  /// Empty if there is no such fact.
  std::string fact(std::string_view key);
  /// A fact that is JSON.
  Json json_fact(std::string_view key);
  /// What the world shows as the time.
  Timestamp now() const { return clock_->now(); }
  /// The cluster's objects of a kind, by namespace and name. An empty namespace means all.
  std::vector<ClusterObject> objects(std::string_view kind, std::string_view name_space) {
    return objects_.list(kind, name_space);
  }

 private:
  Database database_;
  ObjectStore objects_{database_};
  std::optional<Clock> clock_;
};

}  // namespace akqueue::sim
