// A world: one SQLite file with authentik's database (replica/schema.hpp) and the cluster around it. The simulator's own
// tables begin with sim_:
//   sim_world(key, value)           facts: scenario, seed, release, version, schema, clock, contexts, users
//   sim_object(kind, namespace, name, json)  the cluster's objects as the API server shows them
//   sim_lock(message_id, worker)    tasks that live workers hold; the view akqueue_held shows them to sessions
//   sim_size, sim_trigger, sim_notification  what PostgreSQL's catalog and listeners would know
//
// Errors: Error (system) for a file that is missing or no world.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// In the file's header (PRAGMA application_id and user_version).
inline constexpr std::int64_t kApplicationId = 0x616b7175;
inline constexpr std::int64_t kWorldVersion = 1;

class World {
 public:
  explicit World(const std::string& path);

  Database& database() { return database_; }
  /// Empty where there is no such fact.
  std::string fact(std::string_view key);
  /// A fact that is JSON.
  nlohmann::ordered_json json_fact(std::string_view key);
  /// The world's time: stands still when it was frozen, else it goes on from where the world was made.
  Timestamp now();
  /// The cluster's objects of a kind, by namespace and name. An empty namespace means all.
  std::vector<nlohmann::ordered_json> objects(std::string_view kind, std::string_view name_space);

 private:
  Database database_;
  Timestamp base_ = 0;
  Timestamp made_ = 0;
  bool frozen_ = false;
};

/// This machine's clock.
Timestamp real_now();

}  // namespace akqueue::sim
