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
  std::string component;  ///< the reporter: kubelet, deployment-controller, …
};

/// The same event about the same object only increases its count.
void record_event(ObjectStore& store, const ClusterObject& object, const Happened& happened, Timestamp at);

}  // namespace akqueue::sim
