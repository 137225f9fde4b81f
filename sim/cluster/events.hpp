// The Events (core/v1) that controllers and kubelets leave behind: what happened to which object, and how often.
#pragma once

#include <string>

#include "akqueue/time.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

struct Happened {
  bool warning = false;
  std::string reason;  ///< Killing, ScalingReplicaSet, …
  std::string message;
  std::string component;  ///< who says so: kubelet, deployment-controller, …
};

/// The same about the same object again only counts up.
void record_event(ObjectStore& store, const ClusterObject& object, const Happened& happened, Timestamp at);

}  // namespace akqueue::sim
