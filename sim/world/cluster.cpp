#include "world/cluster.hpp"

namespace akqueue::sim {
namespace {

using Json = ClusterObject;

constexpr std::string_view kImage = "ghcr.io/goauthentik/server:";

/// Kubernetes' times have whole seconds.
std::string seconds_text(Timestamp at) { return format_timestamp(at).substr(0, 19) + "Z"; }

std::string name_of(const Scenario& scenario, const std::string& component) { return scenario.instance + "-" + component; }

Json labels_of(const Scenario& scenario, const std::string& component) {
  return {{"app.kubernetes.io/component", component},
          {"app.kubernetes.io/instance", scenario.instance},
          {"app.kubernetes.io/managed-by", "Helm"},
          {"app.kubernetes.io/name", "authentik"},
          {"app.kubernetes.io/part-of", "authentik"},
          {"app.kubernetes.io/version", scenario.version}};
}

Json selector_of(const Scenario& scenario, const std::string& component) {
  return {{"app.kubernetes.io/component", component},
          {"app.kubernetes.io/instance", scenario.instance},
          {"app.kubernetes.io/name", "authentik"}};
}

Json containers_of(const Scenario& scenario, const PodGroup& group) {
  Json main{{"name", group.component}, {"image", std::string(kImage) + scenario.version}, {"args", {group.component}}};
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
  Json labels = labels_of(scenario, group.component);
  labels["pod-template-hash"] = hash;
  Json metadata{{"creationTimestamp", seconds_text(created)}};
  if (group.terminating) {
    metadata["deletionGracePeriodSeconds"] = 30;
    metadata["deletionTimestamp"] = seconds_text(now + 15 * kSecond);
  }
  metadata.update({{"generateName", name_of(scenario, group.component) + "-" + hash + "-"},
                   {"labels", labels},
                   {"name", name_of(scenario, group.component) + "-" + hash + "-" + random.name(5)},
                   {"namespace", scenario.name_space},
                   {"uid", random.uuid()}});
  const Json containers = containers_of(scenario, group);
  Json spec{{"containers", containers}, {"restartPolicy", "Always"}, {"serviceAccountName", scenario.instance}};
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

Json deployment(const Scenario& scenario, const PodGroup& group, std::int64_t ready, Timestamp created, Random& random) {
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata",
           {{"annotations", {{"deployment.kubernetes.io/revision", "1"}, {"meta.helm.sh/release-name", scenario.instance},
                             {"meta.helm.sh/release-namespace", scenario.name_space}}},
            {"creationTimestamp", seconds_text(created)},
            {"generation", 1},
            {"labels", labels_of(scenario, group.component)},
            {"name", name_of(scenario, group.component)},
            {"namespace", scenario.name_space},
            {"uid", random.uuid()}}},
          {"spec",
           {{"replicas", group.replicas},
            {"selector", {{"matchLabels", selector_of(scenario, group.component)}}},
            {"template",
             {{"metadata", {{"labels", labels_of(scenario, group.component)}}}, {"spec", {{"containers", containers_of(scenario, group)}}}}}}},
          {"status",
           {{"availableReplicas", ready}, {"observedGeneration", 1}, {"readyReplicas", ready}, {"replicas", group.count},
            {"updatedReplicas", group.count}}}};
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

}  // namespace

Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random) {
  constexpr Timestamp kYear = 400 * 86400 * kSecond;
  Cluster cluster;
  for (const char* usual : {"default", "kube-system"}) cluster.objects.push_back(name_space(usual, now - kYear, random));
  if (scenario.name_space != "default" && scenario.name_space != "kube-system") {
    cluster.objects.push_back(name_space(scenario.name_space, now - kYear + 86400 * kSecond, random));
  }
  // Several groups of one component are pods of one deployment.
  for (const char* component : {"server", "worker"}) {
    const std::string hash = random.name(10);
    const PodGroup* first = nullptr;
    PodGroup all;
    std::int64_t ready = 0;
    std::int64_t number = 0;
    for (const PodGroup& group : scenario.pods) {
      if (group.component != component) continue;
      if (first == nullptr) first = &group, all = group, all.count = all.replicas = 0;
      all.count += group.count;
      all.replicas += group.replicas;
      for (std::int64_t i = 0; i < group.count; ++i) {
        cluster.objects.push_back(pod(scenario, group, hash, number++, now, random));
        ready += group.ready && !group.terminating ? 1 : 0;
        const bool works = group.component == "worker" && group.phase == "Running" && group.waiting.empty();
        const auto name = cluster.objects.back().at("metadata").at("name").get<std::string>();
        if (works) cluster.workers.push_back({name, group.heartbeat_ago});
      }
    }
    if (first != nullptr) cluster.objects.push_back(deployment(scenario, all, ready, now - kYear + 86400 * kSecond, random));
  }
  return cluster;
}

}  // namespace akqueue::sim
