// What scales a deployment apart from people: autoscalers and GitOps controllers. They act some time after a change.
#include "cluster/autoscaler.hpp"
#include "cluster/controllers.hpp"
#include "world/due.hpp"

namespace akqueue::sim {

/// Replicas have changed, or may have.
void Controllers::tell_scalers(const ClusterObject& deployment) {
  const std::int64_t replicas = deployment.at("spec").at("replicas");
  const std::string key = key_of(deployment);
  if (auto scaler = autoscaler_of(world_.store(), deployment)) {
    const auto wanted = wanted_replicas(*scaler, scaled_object_of(world_.store(), *scaler), replicas);
    const ClusterObject before = *scaler;
    tell_autoscaler(*scaler, replicas, wanted.value_or(replicas), shown_);
    if (*scaler != before) world_.store().put(*scaler);
    if (wanted) due_.add_once(uptime_ + sync_of(*scaler) * kSecond, happening::kAutoscaled, key);
  }
  const Behaviour behaviour = read_behaviour(world_.database(), key);
  if (behaviour.heal_s >= 0 && replicas != behaviour.git_replicas)
    due_.add_once(uptime_ + behaviour.heal_s * kSecond, happening::kHealed, key);
}

void Controllers::scaler_changed(const std::string& deployment) {
  if (const auto target = world_.store().find_key("Deployment", deployment)) tell_scalers(*target);
}

void Controllers::autoscaler_looks(const std::string& deployment) {
  const auto target = world_.store().find_key("Deployment", deployment);
  const auto scaler = target ? autoscaler_of(world_.store(), *target) : std::nullopt;
  if (!scaler) return;
  const std::int64_t replicas = target->at("spec").at("replicas");
  const auto object = scaled_object_of(world_.store(), *scaler);
  const auto wanted = wanted_replicas(*scaler, object, replicas);
  if (!wanted) return;
  const bool by_keda = object && replicas == 0;
  const std::string words = by_keda
                                ? "Scaled apps/v1.Deployment " + deployment + " from 0 to " + std::to_string(*wanted)
                                : "New size: " + std::to_string(*wanted) + "; reason: Current number of replicas " +
                                      (*wanted > replicas ? "below Spec.MinReplicas" : "above Spec.MaxReplicas");
  record(by_keda ? *object : *scaler, {false, by_keda ? "KEDAScaleTargetActivated" : "SuccessfulRescale", words,
                                       by_keda ? "keda-operator" : "horizontal-pod-autoscaler"});
  scale(deployment, *wanted);
}

void Controllers::gitops_looks(const std::string& deployment) {
  const auto target = world_.store().find_key("Deployment", deployment);
  const Behaviour behaviour = read_behaviour(world_.database(), deployment);
  if (target && target->at("spec").at("replicas") != behaviour.git_replicas) scale(deployment, behaviour.git_replicas);
}

void Controllers::scale(const std::string& deployment, std::int64_t replicas) {
  auto target = world_.store().find_key("Deployment", deployment);
  if (!target) return;
  (*target)["spec"]["replicas"] = replicas;
  (*target)["metadata"]["generation"] = (*target)["metadata"]["generation"].get<std::int64_t>() + 1;
  world_.store().put(*target);
  deployment_changed(deployment);
}

}  // namespace akqueue::sim
