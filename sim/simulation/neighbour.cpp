#include "simulation/neighbour.hpp"

#include "akqueue/tasks.hpp"
#include "cluster/own_site.hpp"
#include "replica/schema.hpp"
#include "replica/triggers.hpp"
#include "simulation/create.hpp"
#include "world/random.hpp"

namespace akqueue::sim {
namespace {

constexpr std::int64_t kHeartbeatAgo = 12;

void write_heartbeat(Database& database, const std::string& hostname, const std::string& version, Timestamp at,
                     Random& random) {
  Statement insert = database.prepare("INSERT INTO " + std::string(kWorkerStatusTable) +
                                      " (id, hostname, version, last_seen) VALUES (?1, ?2, ?3, ?4)");
  insert.bind(1, random.uuid()).bind(2, hostname).bind(3, version).bind(4, format_timestamp(at)).run();
  database.prepare("INSERT INTO sim_alive (hostname) VALUES (?1)").bind(1, hostname).run();
}

}  // namespace

void make_neighbour(Database& database, World& world, const ClusterObject& entered) {
  const Schema schema = read_schema(world.fact("release"));
  database.set_schema(world.database().schema());
  create_tables(database, schema);
  create_own_tables(database);
  for (const SchemaTable& table : schema.tables) {
    create_indexes(database, table);
    create_triggers(database, table);
  }
  Random random(1);
  const std::string instance = chart_label(entered, "instance");
  for (const auto& pod : world.objects("Pod", namespace_of(entered))) {
    const bool worker = chart_label(pod, "component") == "worker" && chart_label(pod, "instance") == instance;
    if (!worker || pod.at("status").at("phase") != "Running") continue;
    write_heartbeat(database, name_of(pod), chart_label(pod, "version"), world.now() - kHeartbeatAgo * kSecond, random);
  }
}

}  // namespace akqueue::sim
