#include "simulation/catch_up.hpp"

#include <chrono>

#include "akqueue/sqlstate.hpp"
#include "cluster/controllers.hpp"
#include "cluster/workers.hpp"
#include "queue/traffic.hpp"

namespace akqueue::sim {
namespace {

struct Happening {
  std::string_view what;
  void (Controllers::*act)(const std::string& name);
};
constexpr Happening kHappenings[] = {
    {happening::kRuns, &Controllers::pod_runs},
    {happening::kReady, &Controllers::pod_ready},
    {happening::kGone, &Controllers::pod_gone},
    {happening::kKilled, &Controllers::worker_killed},
    {happening::kAutoscaled, &Controllers::autoscaler_looks},
    {happening::kHealed, &Controllers::gitops_looks},
};

/// A limit for one call: the rest waits for the next.
constexpr int kMostAtOnce = 20'000;

void let_happen(World& world, Timestamp uptime) {
  Due due(world.database());
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto event = due.take(uptime);
    if (!event) return;
    Controllers controllers(world, event->at);
    for (const Happening& known : kHappenings) {
      if (known.what == event->what) (controllers.*known.act)(event->name);
    }
  }
}

bool something_is_due(World& world, Timestamp uptime) {
  const auto next = Due(world.database()).next();
  if (next && *next <= uptime) return true;
  return !world.clock().stopped() && (beat_is_due(world, world.clock().shown(uptime)) || traffic_is_due(world, uptime));
}

/// Holds the world's write lock for as long as it exists; false if somebody else has it.
class Turn {
 public:
  explicit Turn(Database& database) : database_(database) {
    using namespace std::chrono_literals;
    database_.set_limits({std::nullopt, 250ms});
    database_.start_statement();
    try {
      database_.run("BEGIN IMMEDIATE");
      mine_ = true;
    } catch (const Error& error) {
      if (error.sqlstate() != sqlstate::kLockTimeout) throw;
    }
    database_.set_limits({});
  }
  ~Turn() {
    try {
      if (mine_ && database_.in_transaction()) database_.run("ROLLBACK");
    } catch (const Error&) {
      // The connection closes next, which rolls back as well.
    }
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  explicit operator bool() const { return mine_; }
  void done() { database_.run("COMMIT"); }

 private:
  Database& database_;
  bool mine_ = false;
};

}  // namespace

void advance(World& world) {
  if (world.database().in_transaction()) return;
  world.clock().read();
  const Timestamp uptime = world.clock().uptime();
  if (!something_is_due(world, uptime)) return;
  Turn turn(world.database());
  if (!turn) return;
  let_happen(world, uptime);
  if (!world.clock().stopped()) {
    beat(world, world.clock().shown(uptime));
    let_traffic_flow(world, uptime);
  }
  turn.done();
}

void change_object(World& world, const ClusterObject& before, ClusterObject after) {
  const bool spec_changed = after.contains("spec") && after.at("spec") != before.at("spec");
  ClusterObject& metadata = after["metadata"];
  if (spec_changed && metadata.contains("generation"))
    metadata["generation"] = metadata["generation"].get<std::int64_t>() + 1;
  world.store().put(after);
  Controllers controllers(world, world.clock().uptime());
  if (after.at("kind") == "Deployment" && spec_changed) controllers.deployment_changed(key_of(after));
  // A pause may have been lifted, or the bounds changed: whatever scales checks again.
  if (after.at("kind") != "ScaledObject" && after.at("kind") != "HorizontalPodAutoscaler") return;
  controllers.scaler_changed(namespace_of(after) + "/" +
                             after.at("spec").at("scaleTargetRef").at("name").get<std::string>());
}

void delete_pod(World& world, ClusterObject pod, bool forced) {
  Controllers(world, world.clock().uptime()).delete_pod(std::move(pod), forced);
}

}  // namespace akqueue::sim
