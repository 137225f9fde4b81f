// Kubernetes' objects as JSON, and what of them matters here.
#include <algorithm>

#include "akqueue/json_depth.hpp"
#include "cluster/drain_note.hpp"
#include "cluster/foreign_json.hpp"
#include "cluster/inventory.hpp"

namespace akqueue::cluster {
namespace {

bool is_ready(const ForeignJson& item) {
  for (const ForeignJson& condition : foreign::at(item, {"status", "conditions"})) {
    if (foreign::text(condition, {"type"}) == "Ready") return foreign::text(condition, {"status"}) == "True";
  }
  return false;
}

std::string trouble_of(const ForeignJson& container_status) {
  for (const std::string_view state : {"waiting", "terminated"}) {
    const std::string reason = foreign::text(container_status, {"state", state, "reason"});
    if (!reason.empty()) return reason;
  }
  return foreign::text(container_status, {"lastState", "terminated", "reason"});
}

/// The last end that the status reports: of the container that is down, or of the one before it.
std::optional<Termination> end_of(const ForeignJson& container_status) {
  for (const std::string_view state : {"state", "lastState"}) {
    const ForeignJson& ended = foreign::at(container_status, {state, "terminated"});
    if (ended.is_object())
      return Termination{foreign::text(ended, {"reason"}), foreign::number(ended, {"exitCode"}),
                         parse_timestamp(foreign::text(ended, {"finishedAt"}))};
  }
  return std::nullopt;
}

/// The place of the container that counts.
std::size_t main_place(const std::vector<Role>& roles) {
  for (const Role role : {Role::worker, Role::server}) {
    const auto found = std::ranges::find(roles, role);
    if (found != roles.end()) return static_cast<std::size_t>(found - roles.begin());
  }
  return 0;
}

/// Without containers, as the label says.
Roles roles_of(const std::vector<Role>& containers, const std::string& component) {
  const auto has = [&](Role role) {
    return std::ranges::find(containers, role) != containers.end() ||
           (containers.empty() && role_named(component) == role);
  };
  return {has(Role::server), has(Role::worker)};
}

/// A name and labels, for is_authentiks().
std::string called(const std::string& name, const Labels& labels) {
  std::string words = name;
  for (const auto& [key, value] : labels) words += " " + key + "=" + value;
  return words;
}

bool has_usual_label(const Labels& labels) {
  return LabelSelector::parse(Search::kDefaultSelector, "selector").matches(labels);
}

void read_containers(const ForeignJson& item, Pod& pod, const std::vector<Role>& roles) {
  const ForeignJson& containers = foreign::at(item, {"spec", "containers"});
  for (const Role role : roles)
    pod.containers.push_back({foreign::text(containers[pod.containers.size()], {"name"}), role});
  if (roles.empty()) return;
  const std::size_t main = main_place(roles);
  pod.main = pod.containers[main].name;
  pod.memory_limit = parse_quantity(foreign::text(containers[main], {"resources", "limits", "memory"}));
}

void read_container_status(const ForeignJson& status, Pod& pod) {
  const std::string name = foreign::text(status, {"name"});
  const auto container = std::ranges::find(pod.containers, name, &Container::name);
  if (container != pod.containers.end()) container->running = foreign::at(status, {"state", "running"}).is_object();
  if (name == pod.main) {
    pod.restarts = foreign::number(status, {"restartCount"});
    pod.last_end = end_of(status);
    if (const std::string trouble = trouble_of(status); !trouble.empty()) pod.trouble = trouble;
  } else if (const std::string waits = foreign::text(status, {"state", "waiting", "reason"});
             pod.trouble.empty() && !waits.empty()) {
    pod.trouble = name + ": " + waits;
  }
}

/// What keeps it from running that is not its containers' matter.
void read_pod_trouble(const ForeignJson& item, Pod& pod) {
  for (const ForeignJson& status : foreign::at(item, {"status", "initContainerStatuses"})) {
    const std::string waits = foreign::text(status, {"state", "waiting", "reason"});
    if (!waits.empty() && waits != "PodInitializing") pod.trouble = "Init:" + waits;
  }
  if (const std::string reason = foreign::text(item, {"status", "reason"}); !reason.empty()) pod.trouble = reason;
  for (const ForeignJson& condition : foreign::at(item, {"status", "conditions"})) {
    if (foreign::text(condition, {"type"}) == "PodScheduled" && foreign::text(condition, {"status"}) == "False")
      pod.unscheduled = foreign::text(condition, {"message"});
  }
}

Pod read_pod(const ForeignJson& item) {
  Pod pod;
  pod.name = foreign::text(item, {"metadata", "name"});
  pod.name_space = foreign::text(item, {"metadata", "namespace"});
  pod.labels = foreign::texts(item, {"metadata", "labels"});
  pod.instance = foreign::text(item, {"metadata", "labels", label::kInstance});
  pod.phase = foreign::text(item, {"status", "phase"});
  pod.ip = foreign::text(item, {"status", "podIP"});
  pod.ready = is_ready(item);
  pod.terminating = !foreign::at(item, {"metadata", "deletionTimestamp"}).is_null();
  pod.to_be_gone = parse_timestamp(foreign::text(item, {"metadata", "deletionTimestamp"}));
  pod.started = parse_timestamp(foreign::text(item, {"status", "startTime"}));
  const std::string component = foreign::text(item, {"metadata", "labels", label::kComponent});
  const ForeignJson& containers = foreign::at(item, {"spec", "containers"});
  const std::vector<Role> roles = roles_of_containers(containers, component);
  pod.roles = roles_of(roles, component);
  pod.authentiks = has_usual_label(pod.labels) || is_authentiks(containers, called(pod.name, pod.labels));
  read_containers(item, pod, roles);
  for (const ForeignJson& status : foreign::at(item, {"status", "containerStatuses"}))
    read_container_status(status, pod);
  read_pod_trouble(item, pod);
  return pod;
}

std::string elsewhere(const ForeignJson& source) {
  const std::string config_map = foreign::text(source, {"configMapKeyRef", "name"});
  const std::string secret = foreign::text(source, {"secretKeyRef", "name"});
  if (!config_map.empty()) return "configmap/" + config_map;
  return secret.empty() ? "a field of the pod" : "secret/" + secret;
}

void read_environment(const ForeignJson& container, Deployment& deployment) {
  for (const ForeignJson& variable : foreign::at(container, {"env"})) {
    const std::string name = foreign::text(variable, {"name"});
    if (foreign::at(variable, {"value"}).is_string()) deployment.environment[name] = foreign::text(variable, {"value"});
    if (foreign::at(variable, {"valueFrom"}).is_object())
      deployment.environment_elsewhere[name] = elsewhere(foreign::at(variable, {"valueFrom"}));
  }
  for (const ForeignJson& source : foreign::at(container, {"envFrom"})) {
    for (const std::string_view kind : {"secretRef", "configMapRef"}) {
      const std::string name = foreign::text(source, {kind, "name"});
      if (!name.empty()) deployment.environment_from.push_back(name);
    }
  }
}

Deployment read_deployment(const ForeignJson& item) {
  Deployment deployment;
  deployment.name = foreign::text(item, {"metadata", "name"});
  deployment.name_space = foreign::text(item, {"metadata", "namespace"});
  deployment.labels = foreign::texts(item, {"metadata", "labels"});
  deployment.annotations = foreign::texts(item, {"metadata", "annotations"});
  deployment.match_labels = foreign::texts(item, {"spec", "selector", "matchLabels"});
  deployment.pod_labels = foreign::texts(item, {"spec", "template", "metadata", "labels"});
  deployment.instance = foreign::text(item, {"metadata", "labels", label::kInstance});
  deployment.replicas = foreign::number(item, {"spec", "replicas"});
  deployment.ready = foreign::number(item, {"status", "readyReplicas"});
  deployment.generation_seen =
      foreign::number(item, {"status", "observedGeneration"}) >= foreign::number(item, {"metadata", "generation"});
  const std::string component = foreign::text(item, {"metadata", "labels", label::kComponent});
  const ForeignJson& containers = foreign::at(item, {"spec", "template", "spec", "containers"});
  const std::vector<Role> roles = roles_of_containers(containers, component);
  deployment.roles = roles_of(roles, component);
  // An unfinished drain knew what it was.
  const bool drained = deployment.annotations.contains(kDrainAnnotation);
  deployment.roles.worker = deployment.roles.worker || drained;
  deployment.authentiks = drained || has_usual_label(deployment.labels) ||
                          is_authentiks(containers, called(deployment.name, deployment.labels));
  if (!roles.empty()) read_environment(containers[main_place(roles)], deployment);
  return deployment;
}

Autoscaler read_autoscaler(const ForeignJson& item) {
  Autoscaler scaler;
  scaler.name = foreign::text(item, {"metadata", "name"});
  scaler.name_space = foreign::text(item, {"metadata", "namespace"});
  scaler.kind = foreign::text(item, {"spec", "scaleTargetRef", "kind"});
  scaler.target = foreign::text(item, {"spec", "scaleTargetRef", "name"});
  if (foreign::at(item, {"spec", "minReplicas"}).is_number())
    scaler.least = foreign::number(item, {"spec", "minReplicas"});
  scaler.most = foreign::number(item, {"spec", "maxReplicas"});
  scaler.current = foreign::number(item, {"status", "currentReplicas"});
  scaler.desired = foreign::number(item, {"status", "desiredReplicas"});
  scaler.scaled_object = foreign::text(item, {"metadata", "labels", "scaledobject.keda.sh/name"});
  scaler.keda = !scaler.scaled_object.empty();
  return scaler;
}

}  // namespace

Inventory read_inventory(std::string_view json) {
  const auto list = parse_foreign<ForeignJson>(json);
  if (!list.is_object() || !foreign::at(list, {"items"}).is_array()) {
    throw Error(ErrorCode::kubectl_failed, "kubectl get printed something other than a list of objects",
                "is `kubectl` on PATH really kubectl? kubectl version --client should say so");
  }
  Inventory inventory;
  for (const ForeignJson& item : foreign::at(list, {"items"})) {
    const std::string kind = foreign::text(item, {"kind"});
    if (kind == "Pod") inventory.pods.push_back(read_pod(item));
    if (kind == "Deployment") inventory.deployments.push_back(read_deployment(item));
    if (kind == "HorizontalPodAutoscaler") inventory.autoscalers.push_back(read_autoscaler(item));
  }
  return inventory;
}

}  // namespace akqueue::cluster
