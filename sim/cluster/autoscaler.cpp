#include "cluster/autoscaler.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "cluster/pods.hpp"

namespace akqueue::sim {
namespace {

constexpr const char* kScaledObject = "scaledobject.keda.sh/name";
/// An annotation of the simulator's own: how long the controller takes.
constexpr const char* kSync = "akqueue-sim/sync-seconds";

void replace_condition(Json& status, const char* type, bool holds, const char* reason, const std::string& message,
                       Timestamp at) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  const char* word = holds ? "True" : "False";
  std::string since = seconds_text(at);
  for (auto one = conditions.begin(); one != conditions.end(); ++one) {
    if (one->at("type") != type) continue;
    if (one->at("status") == word) since = one->at("lastTransitionTime");
    conditions.erase(one);
    break;
  }
  conditions.push_back(
      {{"lastTransitionTime", since}, {"message", message}, {"reason", reason}, {"status", word}, {"type", type}});
}

Json scaled_object(const AutoscalerLine& line, const Json& deployment, const std::string& scaler, Timestamp at,
                   Random& random) {
  const auto condition = [](const char* type, const char* status) { return Json{{"status", status}, {"type", type}}; };
  return {{"apiVersion", "keda.sh/v1alpha1"},
          {"kind", "ScaledObject"},
          {"metadata",
           {{"creationTimestamp", seconds_text(at)},
            {"finalizers", {"finalizer.keda.sh"}},
            {"generation", 1},
            {"labels", {{kScaledObject, name_of(deployment)}}},
            {"name", name_of(deployment)},
            {"namespace", deployment.at("metadata").at("namespace")},
            {"uid", random.uuid()}}},
          {"spec",
           {{"maxReplicaCount", line.max},
            {"minReplicaCount", line.min},
            {"pollingInterval", line.sync},
            {"scaleTargetRef", {{"name", name_of(deployment)}}},
            {"triggers", Json::array({{{"metadata",
                                        {{"query", "SELECT count(*) FROM authentik_tasks_task WHERE state = 'queued'"},
                                         {"targetQueryValue", "100"}}},
                                       {"type", "postgresql"}}})}}},
          {"status",
           {{"conditions",
             {condition("Ready", "True"), condition("Active", "True"), condition("Fallback", "False"),
              condition("Paused", "False")}},
            {"hpaName", scaler},
            {"scaleTargetKind", "apps/v1.Deployment"}}}};
}

bool is_paused(const Json& scaled_object) {
  const Json& metadata = scaled_object.at("metadata");
  const auto annotations = metadata.find("annotations");
  if (annotations == metadata.end()) return false;
  return annotations->contains("autoscaling.keda.sh/paused-replicas") ||
         annotations->value("autoscaling.keda.sh/paused", std::string()) == "true";
}

}  // namespace

std::vector<ClusterObject> make_autoscaler(const AutoscalerLine& line, const ClusterObject& deployment, Timestamp at,
                                           Random& random) {
  const std::string name = (line.keda ? "keda-hpa-" : "") + name_of(deployment);
  Json labels = deployment.at("metadata").at("labels");
  if (line.keda) labels[kScaledObject] = name_of(deployment);
  const Json metric =
      line.keda
          ? Json{{"external",
                  {{"metric", {{"name", "s0-postgresql"}}},
                   {"target", {{"averageValue", "100"}, {"type", "AverageValue"}}}}},
                 {"type", "External"}}
          : Json{{"resource", {{"name", "cpu"}, {"target", {{"averageUtilization", 80}, {"type", "Utilization"}}}}},
                 {"type", "Resource"}};
  Json scaler{
      {"apiVersion", "autoscaling/v2"},
      {"kind", "HorizontalPodAutoscaler"},
      {"metadata",
       {{"annotations", {{kSync, std::to_string(line.sync)}}},
        {"creationTimestamp", seconds_text(at)},
        {"labels", labels},
        {"name", name},
        {"namespace", deployment.at("metadata").at("namespace")},
        {"uid", random.uuid()}}},
      {"spec",
       {{"maxReplicas", line.max},
        {"metrics", Json::array({metric})},
        {"minReplicas", std::max<std::int64_t>(line.min, 1)},
        {"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", name_of(deployment)}}}}},
      {"status", Json::object()}};
  const std::int64_t replicas = deployment.at("spec").at("replicas");
  tell_autoscaler(scaler, replicas, replicas, at);
  std::vector<Json> objects{scaler};
  if (line.keda) {
    objects.push_back(scaled_object(line, deployment, name, at, random));
    objects.front()["metadata"]["ownerReferences"] = owned_by(objects.back());
  }
  return objects;
}

std::optional<ClusterObject> autoscaler_of(ObjectStore& store, const ClusterObject& deployment) {
  const std::string name_space = deployment.at("metadata").at("namespace");
  for (Json& one : store.list("HorizontalPodAutoscaler", name_space)) {
    const Json& target = one.at("spec").at("scaleTargetRef");
    if (target.at("kind") == "Deployment" && target.at("name") == name_of(deployment)) return std::move(one);
  }
  return std::nullopt;
}

std::optional<ClusterObject> scaled_object_of(ObjectStore& store, const ClusterObject& autoscaler) {
  const std::string name = label_of(autoscaler, kScaledObject);
  if (name.empty()) return std::nullopt;
  return store.find("ScaledObject", autoscaler.at("metadata").at("namespace").get<std::string>(), name);
}

std::optional<std::int64_t> wanted_replicas(const ClusterObject& autoscaler,
                                            const std::optional<ClusterObject>& scaled_object, std::int64_t replicas) {
  if (scaled_object && is_paused(*scaled_object)) return std::nullopt;
  if (replicas == 0 && !scaled_object) return std::nullopt;
  const Json& spec = autoscaler.at("spec");
  const std::int64_t wanted = std::clamp<std::int64_t>(replicas, spec.at("minReplicas"), spec.at("maxReplicas"));
  return wanted == replicas ? std::nullopt : std::optional(wanted);
}

std::int64_t sync_of(const ClusterObject& autoscaler) {
  const Json& metadata = autoscaler.at("metadata");
  const auto annotations = metadata.find("annotations");
  const std::string given = annotations == metadata.end() ? "" : annotations->value(kSync, std::string());
  return given.empty() ? 15 : std::stoll(given);
}

void tell_autoscaler(ClusterObject& autoscaler, std::int64_t replicas, std::int64_t desired, Timestamp at) {
  Json& status = autoscaler["status"];
  status["currentReplicas"] = replicas;
  status["desiredReplicas"] = desired;
  if (replicas != desired) status["lastScaleTime"] = seconds_text(at);
  replace_condition(status, "AbleToScale", true, "ReadyForNewScale", "recommended size matches current size", at);
  if (replicas == 0)
    replace_condition(status, "ScalingActive", false, "ScalingDisabled",
                      "scaling is disabled since the replica count of the target is zero", at);
  else
    replace_condition(status, "ScalingActive", true, "ValidMetricFound",
                      "the HPA was able to successfully calculate a replica count from cpu resource utilization "
                      "(percentage of request)",
                      at);
  replace_condition(status, "ScalingLimited", false, "DesiredWithinRange",
                    "the desired count is within the acceptable range", at);
}

}  // namespace akqueue::sim
