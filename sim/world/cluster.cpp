#include "world/cluster.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace akqueue::sim {
namespace {

using Json = ClusterObject;

constexpr std::string_view kImage = "ghcr.io/goauthentik/server:";

/// Kubernetes' times have whole seconds.
std::string seconds_text(Timestamp at) { return format_timestamp(at).substr(0, 19) + "Z"; }

std::string name_of(const PodGroup& group) { return group.instance + "-" + group.component; }

Json labels_of(const PodGroup& group) {
  return {{"app.kubernetes.io/component", group.component},
          {"app.kubernetes.io/instance", group.instance},
          {"app.kubernetes.io/managed-by", "Helm"},
          {"app.kubernetes.io/name", "authentik"},
          {"app.kubernetes.io/part-of", "authentik"},
          {"app.kubernetes.io/version", group.version}};
}

Json selector_of(const PodGroup& group) {
  return {{"app.kubernetes.io/component", group.component},
          {"app.kubernetes.io/instance", group.instance},
          {"app.kubernetes.io/name", "authentik"}};
}

Json containers_of(const PodGroup& group) {
  Json main{{"name", group.component}, {"image", std::string(kImage) + group.version}, {"args", {group.component}}};
  if (!group.memory_limit.empty()) {
    main["resources"] = {{"limits", {{"memory", group.memory_limit}}}, {"requests", {{"memory", group.memory_limit}}}};
  }
  Json containers = Json::array({main});
  for (const std::string& sidecar : group.sidecars) {
    containers.push_back({{"name", sidecar}, {"image", "ghcr.io/maxmind/geoipupdate:v7"}});
  }
  return containers;
}

Json condition(const std::string& type, bool holds, Timestamp since, const std::string& reason = {}) {
  Json json{{"lastProbeTime", nullptr}, {"lastTransitionTime", seconds_text(since)}, {"status", holds ? "True" : "False"}, {"type", type}};
  if (!reason.empty()) json["reason"] = reason;
  return json;
}

Json container_status(const PodGroup& group, const std::string& name, bool main, Timestamp created, Timestamp now) {
  const Timestamp last = now - group.last_ago * kSecond;
  const bool restarted = main && group.restarts > 0;
  const bool running = group.phase == "Running" && (!main || group.waiting.empty());
  Json status{{"name", name}, {"ready", running && (!main || group.ready)}, {"restartCount", main ? group.restarts : 0},
              {"started", running}, {"lastState", Json::object()}};
  if (running) {
    status["state"] = {{"running", {{"startedAt", seconds_text(restarted ? last + kSecond : created + 4 * kSecond)}}}};
  } else if (group.phase == "Succeeded" || group.phase == "Failed") {
    const int code = group.phase == "Failed" ? 1 : 0;
    status["state"] = {{"terminated", {{"exitCode", code}, {"finishedAt", seconds_text(now)}, {"reason", code == 0 ? "Completed" : "Error"}}}};
  } else {
    status["state"] = {{"waiting", {{"reason", group.waiting.empty() ? "ContainerCreating" : group.waiting}}}};
  }
  if (main && !group.last_reason.empty()) {
    status["lastState"] = {{"terminated",
                            {{"exitCode", group.last_exit_code},
                             {"finishedAt", seconds_text(last)},
                             {"reason", group.last_reason},
                             {"startedAt", seconds_text(std::max(created, last - 9 * 60 * kSecond))}}}};
  }
  return status;
}

Json pod(const Scenario& scenario, const PodGroup& group, const std::string& hash, std::int64_t number, Timestamp now, Random& random) {
  const Timestamp created = now - group.age * kSecond - number * 3 * kSecond;
  const bool placed = group.phase != "Pending" || !group.waiting.empty();
  Json labels = labels_of(group);
  labels["pod-template-hash"] = hash;
  Json metadata{{"creationTimestamp", seconds_text(created)}};
  if (group.terminating) {
    metadata["deletionGracePeriodSeconds"] = 30;
    metadata["deletionTimestamp"] = seconds_text(now + 15 * kSecond);
  }
  metadata.update({{"generateName", name_of(group) + "-" + hash + "-"},
                   {"labels", labels},
                   {"name", name_of(group) + "-" + hash + "-" + random.name(5)},
                   {"namespace", scenario.name_space},
                   {"uid", random.uuid()}});
  const Json containers = containers_of(group);
  Json spec{{"containers", containers}, {"restartPolicy", "Always"}, {"serviceAccountName", group.instance}};
  const std::string node = "10.0.0." + std::to_string(11 + number % 3);
  if (placed) spec["nodeName"] = "node-" + std::to_string(1 + number % 3);
  Json statuses = Json::array();
  for (std::size_t i = 0; i < containers.size(); ++i) {
    statuses.push_back(container_status(group, containers[i].at("name").get<std::string>(), i == 0, created, now));
  }
  Json status{{"conditions",
               {condition("Initialized", placed, created), condition("Ready", group.ready, created, group.ready ? "" : "ContainersNotReady"),
                condition("ContainersReady", group.ready, created), condition("PodScheduled", placed, created)}}};
  if (placed) {
    status["containerStatuses"] = statuses;
    status["hostIP"] = node;
    status["podIP"] = "10.244." + std::to_string(1 + number % 3) + "." + std::to_string(10 + random.below(200));
    status["startTime"] = seconds_text(created);
  }
  status["phase"] = group.phase;
  return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", spec}, {"status", status}};
}

/// The pods of one component of one Helm release, whatever their versions.
struct Members {
  PodGroup wanted;  ///< what the deployment asks for
  std::int64_t count = 0;
  std::int64_t ready = 0;
  std::int64_t updated = 0;  ///< of the wanted version
};

Json deployment(const Scenario& scenario, const Members& members, Timestamp created, Random& random) {
  const PodGroup& group = members.wanted;
  const bool upgraded = members.updated < members.count;
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata",
           {{"annotations", {{"deployment.kubernetes.io/revision", upgraded ? "2" : "1"}, {"meta.helm.sh/release-name", group.instance},
                             {"meta.helm.sh/release-namespace", scenario.name_space}}},
            {"creationTimestamp", seconds_text(created)},
            {"generation", upgraded ? 2 : 1},
            {"labels", labels_of(group)},
            {"name", name_of(group)},
            {"namespace", scenario.name_space},
            {"uid", random.uuid()}}},
          {"spec",
           {{"replicas", group.replicas},
            {"selector", {{"matchLabels", selector_of(group)}}},
            {"template", {{"metadata", {{"labels", labels_of(group)}}}, {"spec", {{"containers", containers_of(group)}}}}}}},
          {"status",
           {{"availableReplicas", members.ready}, {"observedGeneration", upgraded ? 2 : 1}, {"readyReplicas", members.ready},
            {"replicas", members.count}, {"updatedReplicas", members.updated}}}};
}

Json name_space(const std::string& name, Timestamp created, Random& random) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"creationTimestamp", seconds_text(created)}, {"labels", {{"kubernetes.io/metadata.name", name}}}, {"name", name},
            {"uid", random.uuid()}}},
          {"spec", {{"finalizers", {"kubernetes"}}}},
          {"status", {{"phase", "Active"}}}};
}

/// Each Helm release once, in the order of the scenario, the database's own first.
std::vector<std::string> instances_of(const Scenario& scenario) {
  std::vector<std::string> instances{scenario.instance};
  for (const PodGroup& group : scenario.pods) {
    if (std::ranges::find(instances, group.instance) == instances.end()) instances.push_back(group.instance);
  }
  return instances;
}

/// The pods of a component and their deployment. Several groups are pods of one deployment, each version of a ReplicaSet
/// of its own.
void add_component(Cluster& cluster, const Scenario& scenario, const std::string& instance, const char* component, Timestamp now,
                   Timestamp installed, Random& random) {
  std::map<std::string, std::string> hashes{{scenario.version, random.name(10)}};
  std::optional<Members> members;
  std::int64_t number = 0;
  for (const PodGroup& group : scenario.pods) {
    if (group.component != component || group.instance != instance) continue;
    if (!members) members = Members{group}, members->wanted.replicas = 0;
    if (group.version == scenario.version) members->wanted.version = group.version;
    if (!hashes.contains(group.version)) hashes[group.version] = random.name(10);
    members->wanted.replicas += group.replicas;
    members->count += group.count;
    for (std::int64_t i = 0; i < group.count; ++i) {
      cluster.objects.push_back(pod(scenario, group, hashes.at(group.version), number++, now, random));
      members->ready += group.ready && !group.terminating ? 1 : 0;
      const bool works = group.component == "worker" && group.phase == "Running" && group.waiting.empty();
      const auto name = cluster.objects.back().at("metadata").at("name").get<std::string>();
      if (works && instance == scenario.instance) cluster.workers.push_back({name, group.version, group.heartbeat_ago});
    }
  }
  if (!members) return;
  for (const PodGroup& group : scenario.pods) {
    const bool mine = group.component == component && group.instance == instance;
    if (mine && group.version == members->wanted.version) members->updated += group.count;
  }
  cluster.objects.push_back(deployment(scenario, *members, installed, random));
}

}  // namespace

Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random) {
  constexpr Timestamp kYear = 400 * 86400 * kSecond;
  Cluster cluster;
  for (const char* usual : {"default", "kube-system"}) cluster.objects.push_back(name_space(usual, now - kYear, random));
  if (scenario.name_space != "default" && scenario.name_space != "kube-system") {
    cluster.objects.push_back(name_space(scenario.name_space, now - kYear + 86400 * kSecond, random));
  }
  for (const std::string& instance : instances_of(scenario)) {
    for (const char* component : {"server", "worker"}) add_component(cluster, scenario, instance, component, now, now - kYear + 86400 * kSecond, random);
  }
  return cluster;
}

}  // namespace akqueue::sim
