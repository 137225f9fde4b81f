// What acts on a cluster when a deployment or a pod has changed: the deployment controller, the kubelets, and whatever
// scales. One instance acts at one uptime. Deployments and pods are named by their keys (store.hpp). Called within a
// transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/events.hpp"
#include "cluster/pod_behaviour.hpp"
#include "world/due.hpp"
#include "world/random.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

class Controllers {
 public:
  Controllers(World& world, Timestamp uptime);

  /// The spec of a deployment has changed: creates and deletes pods, updates the status, and notifies whatever scales
  /// it.
  void deployment_changed(const std::string& deployment);
  /// Scales a deployment, then calls deployment_changed().
  void scale(const std::string& deployment, std::int64_t replicas);

  // What happens to pods (simulation/catch_up.hpp).
  void pod_runs(const std::string& key);
  void pod_ready(const std::string& key);
  void pod_gone(const std::string& key);
  void worker_killed(const std::string& key);
  void delete_pod(ClusterObject pod, bool forced);

  // Scaling (controllers_scaling.cpp).
  /// The autoscaler of a deployment has changed.
  void scaler_changed(const std::string& deployment);
  void autoscaler_looks(const std::string& deployment);
  void gitops_looks(const std::string& deployment);

 private:
  struct Workload {
    ClusterObject deployment;
    std::vector<ClusterObject> sets;
    std::vector<ClusterObject> pods;  ///< those that are not terminating
  };
  std::optional<Workload> workload(const std::string& deployment);
  void settle(Workload& workload);
  void add_set(Workload& workload);
  void make_pod(Workload& workload, const ClusterObject& set);
  void end_pod(ClusterObject pod, const Behaviour& behaviour);
  void tell(const std::string& deployment);
  void tell_scalers(const ClusterObject& deployment);
  std::string deployment_of(const ClusterObject& pod);
  void record(const ClusterObject& object, const Happened& happened) {
    record_event(world_.store(), object, happened, shown_);
  }

  World& world_;
  Timestamp uptime_;
  Timestamp shown_;
  Due due_;
  Random random_;
};

}  // namespace akqueue::sim
