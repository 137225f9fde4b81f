// HorizontalPodAutoscalers (autoscaling/v2) and KEDA's ScaledObjects: the objects, and what they do with a deployment's
// replicas. They measure nothing: an autoscaler only corrects replicas outside its bounds. At 0 replicas Kubernetes'
// own does nothing (ScalingDisabled); KEDA scales up from 0, unless its ScaledObject is annotated as paused.
#pragma once

#include <optional>

#include "akqueue/time.hpp"
#include "scenario/scenario.hpp"
#include "world/random.hpp"
#include "world/store.hpp"

namespace akqueue::sim {

/// The autoscaler, and after it the KEDA ScaledObject that made it, if any.
std::vector<ClusterObject> make_autoscaler(const AutoscalerLine& line, const ClusterObject& deployment, Timestamp at,
                                           Random& random);

/// The autoscaler of a deployment.
std::optional<ClusterObject> autoscaler_of(ObjectStore& store, const ClusterObject& deployment);

/// The replicas that it wants if the deployment has others; `scaled_object` is KEDA's, if there is one.
std::optional<std::int64_t> wanted_replicas(const ClusterObject& autoscaler,
                                            const std::optional<ClusterObject>& scaled_object, std::int64_t replicas);

/// The ScaledObject that made the autoscaler.
std::optional<ClusterObject> scaled_object_of(ObjectStore& store, const ClusterObject& autoscaler);

/// How long after a change it acts, in seconds.
std::int64_t sync_of(const ClusterObject& autoscaler);

/// Writes the autoscaler's status.
void tell_autoscaler(ClusterObject& autoscaler, std::int64_t replicas, std::int64_t desired, Timestamp at);

}  // namespace akqueue::sim
