#include "cluster/make_cluster.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "akqueue/json.hpp"
#include "cluster/autoscaler.hpp"
#include "cluster/gitops.hpp"
#include "cluster/own_site.hpp"
#include "cluster/pods.hpp"
#include "cluster/workloads.hpp"

namespace akqueue::sim {
namespace {

/// One of the deployments of a component: if there are several, a label tells them apart.
struct Place {
  std::string name;
  bool shared = false;
};

Json with_pool(Json labels, const Place& place) {
  if (place.shared) labels["pool"] = place.name;
  return labels;
}

/// A site's own labels, and what the chart's would say besides them: no command sees annotations.
Json own_metadata(const PodGroup& group) {
  if (group.labels.is_null()) return Json::object();
  return {{"annotations", chart_annotations(group.component, group.instance, group.version)}};
}

Json labels_of(const PodGroup& group, const Place& place) {
  if (!group.labels.is_null()) return with_pool(group.labels, place);
  return with_pool({{"app.kubernetes.io/component", group.component},
                    {"app.kubernetes.io/instance", group.instance},
                    {"app.kubernetes.io/managed-by", "Helm"},
                    {"app.kubernetes.io/name", "authentik"},
                    {"app.kubernetes.io/part-of", "authentik"},
                    {"app.kubernetes.io/version", group.version}},
                   place);
}

Json selector_of(const PodGroup& group, const Place& place) {
  if (!group.labels.is_null()) return with_pool(group.labels, place);
  return with_pool({{"app.kubernetes.io/component", group.component},
                    {"app.kubernetes.io/instance", group.instance},
                    {"app.kubernetes.io/name", "authentik"}},
                   place);
}

Json containers_of(const PodGroup& group) {
  Json main{{"name", group.container}, {"image", group.image + ":" + group.version}, {"args", {group.component}}};
  if (!group.memory_limit.empty()) {
    main["resources"] = {{"limits", {{"memory", group.memory_limit}}}, {"requests", {{"memory", group.memory_limit}}}};
  }
  for (const auto& [name, value] : group.env.items()) main["env"].push_back({{"name", name}, {"value", value}});
  main["envFrom"] = Json::array({{{"secretRef", {{"name", group.instance}}}}});
  Json containers = Json::array({main});
  for (const std::string& sidecar : group.sidecars) {
    containers.push_back({{"name", sidecar}, {"image", "maxmind/geoipupdate:v7"}});
  }
  return containers;
}

Json condition(const std::string& type, bool holds, Timestamp since, const std::string& reason = {}) {
  Json json{{"lastProbeTime", nullptr},
            {"lastTransitionTime", seconds_text(since)},
            {"status", holds ? "True" : "False"},
            {"type", type}};
  if (!reason.empty()) json["reason"] = reason;
  return json;
}

Json container_status(const PodGroup& group, const std::string& name, bool main, Timestamp created, Timestamp now) {
  const Timestamp last = now - group.last_ago * kSecond;
  const bool restarted = main && group.restarts > 0;
  const bool running = group.phase == "Running" && (!main || group.waiting.empty());
  Json status{{"name", name},
              {"ready", running && (!main || group.ready)},
              {"restartCount", main ? group.restarts : 0},
              {"started", running},
              {"lastState", Json::object()}};
  if (running) {
    status["state"] = {{"running", {{"startedAt", seconds_text(restarted ? last + kSecond : created + 4 * kSecond)}}}};
  } else if (group.phase == "Succeeded" || group.phase == "Failed") {
    const int code = group.phase == "Failed" ? 1 : 0;
    status["state"] = {
        {"terminated",
         {{"exitCode", code}, {"finishedAt", seconds_text(now)}, {"reason", code == 0 ? "Completed" : "Error"}}}};
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

Json pod(const PodGroup& group, const Place& place, const std::string& hash, std::int64_t number, Timestamp now,
         Random& random) {
  const Timestamp created = now - group.age * kSecond - number * 3 * kSecond;
  const bool placed = group.phase != "Pending" || !group.waiting.empty();
  Json labels = labels_of(group, place);
  labels["pod-template-hash"] = hash;
  Json metadata{{"creationTimestamp", seconds_text(created)}};
  if (group.terminating) {
    metadata["deletionGracePeriodSeconds"] = 30;
    metadata["deletionTimestamp"] = seconds_text(now + 15 * kSecond);
  }
  metadata.update(own_metadata(group));
  metadata.update({{"generateName", place.name + "-" + hash + "-"},
                   {"labels", labels},
                   {"name", place.name + "-" + hash + "-" + random.name(5)},
                   {"namespace", group.name_space},
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
               {condition("Initialized", placed, created),
                condition("Ready", group.ready, created, group.ready ? "" : "ContainersNotReady"),
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
  std::int64_t updated = 0;  ///< of the wanted version
  std::map<std::string, PodGroup> versions;
};

Json pod_template(const PodGroup& group, const Place& place) {
  Json metadata{{"labels", labels_of(group, place)}};
  metadata.update(own_metadata(group));
  return {
      {"metadata", metadata},
      {"spec",
       {{"containers", containers_of(group)}, {"restartPolicy", "Always"}, {"serviceAccountName", group.instance}}}};
}

Json deployment(const Members& members, const Place& place, Timestamp created, Random& random) {
  const PodGroup& group = members.wanted;
  const bool upgraded = members.updated < members.count;
  return {
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata",
       {{"annotations",
         {{"deployment.kubernetes.io/revision", upgraded ? "2" : "1"},
          {"meta.helm.sh/release-name", group.instance},
          {"meta.helm.sh/release-namespace", group.name_space}}},
        {"creationTimestamp", seconds_text(created)},
        {"generation", upgraded ? 2 : 1},
        {"labels", labels_of(group, place)},
        {"name", place.name},
        {"namespace", group.name_space},
        {"uid", random.uuid()}}},
      {"spec",
       {{"progressDeadlineSeconds", 600},
        {"replicas", group.replicas},
        {"revisionHistoryLimit", 3},
        {"selector", {{"matchLabels", selector_of(group, place)}}},
        {"strategy", {{"rollingUpdate", {{"maxSurge", "25%"}, {"maxUnavailable", "25%"}}}, {"type", "RollingUpdate"}}},
        {"template", pod_template(group, place)}}},
      {"status", Json::object()}};
}

Json name_space(const std::string& name, Timestamp created, Random& random) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"creationTimestamp", seconds_text(created)},
            {"labels", {{"kubernetes.io/metadata.name", name}}},
            {"name", name},
            {"uid", random.uuid()}}},
          {"spec", {{"finalizers", {"kubernetes"}}}},
          {"status", {{"phase", "Active"}}}};
}

/// A Helm release in a namespace.
struct Release {
  std::string name_space;
  std::string instance;
  bool operator==(const Release&) const = default;
};

Release release_of(const PodGroup& group) { return {group.name_space, group.instance}; }

/// Each once, in the order of the scenario, the database's own first.
std::vector<Release> releases_of(const Scenario& scenario) {
  std::vector<Release> releases{{scenario.name_space, scenario.instance}};
  for (const PodGroup& group : scenario.pods) {
    if (std::ranges::find(releases, release_of(group)) == releases.end()) releases.push_back(release_of(group));
  }
  return releases;
}

/// The deployments of a component, in the order of the scenario; the usual one if it has no pods.
std::vector<Place> places_of(const Scenario& scenario, const Release& release, const std::string& component) {
  std::vector<Place> places;
  for (const PodGroup& group : scenario.pods) {
    const bool mine = group.component == component && release_of(group) == release;
    if (mine && std::ranges::find(places, group.deployment, &Place::name) == places.end())
      places.push_back({group.deployment});
  }
  for (Place& place : places) place.shared = places.size() > 1;
  if (places.empty()) places.push_back({release.instance + "-" + component});
  return places;
}

Behaviour behaviour_of(const Scenario& scenario, const Members& members) {
  const PodGroup& group = members.wanted;
  Behaviour behaviour;
  behaviour.starts_s = group.starts_in;
  behaviour.ends_s = group.ends_in;
  behaviour.stuck = group.stuck;
  if (group.oom) behaviour.oom_every_s = group.oom->every, behaviour.oom_above = group.oom->above;
  behaviour.git_replicas = group.replicas;
  const bool own = release_of(group) == Release{scenario.name_space, scenario.instance};
  if (scenario.gitops && own) behaviour.heal_s = scenario.gitops->self_heal.value_or(-1);
  behaviour.per_minute = group.per_minute;
  behaviour.memory = group.memory;
  behaviour.cpu = group.cpu;
  return behaviour;
}

/// The ReplicaSets of a deployment, one for each version, which then become the owners of its pods.
std::vector<Json> replica_sets(const Json& deployment, const Members& members, const Place& place,
                               const std::map<std::string, std::string>& hashes, Timestamp installed, Timestamp now,
                               Random& random) {
  std::vector<Json> sets;
  for (const auto& [version, group] : members.versions) {
    const bool wanted = version == members.wanted.version;
    Json of = deployment;
    of["spec"]["template"] = pod_template(group, place);
    if (!wanted) of["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "1";
    sets.push_back(new_replica_set(of, hashes.at(version), random.uuid(),
                                   wanted && members.versions.size() > 1 ? now - group.age * kSecond : installed));
  }
  return sets;
}

/// The pods of one deployment of a component, and the deployment. Several groups may belong to one deployment; each
/// version has its own ReplicaSet. Names and uids of pods and deployments come from `random`, all others from `more`.
void add_deployment(Cluster& cluster, const Scenario& scenario, const Release& release, const char* component,
                    const Place& place, Timestamp now, Timestamp installed, Random& random, Random& more) {
  const bool own = release == Release{scenario.name_space, scenario.instance};
  std::map<std::string, std::string> hashes{{scenario.version, random.name(10)}};
  std::optional<Members> members;
  std::vector<Json> pods;
  for (const PodGroup& group : scenario.pods) {
    if (group.component != component || release_of(group) != release || group.deployment != place.name) continue;
    if (!members) members = Members{group, 0, 0, {}}, members->wanted.replicas = 0;
    if (group.version == scenario.version) members->wanted.version = group.version;
    if (!hashes.contains(group.version)) hashes[group.version] = random.name(10);
    members->versions.emplace(group.version, group);
    members->wanted.replicas += group.replicas;
    members->count += group.count;
    for (std::int64_t i = 0; i < group.count; ++i) {
      pods.push_back(pod(group, place, hashes.at(group.version), static_cast<std::int64_t>(pods.size()), now, random));
      const bool works = group.component == "worker" && group.phase == "Running" && group.waiting.empty();
      if (works && own) cluster.workers.push_back({name_of(pods.back()), group.version, group.heartbeat_ago});
    }
  }
  if (!members) return;
  for (const PodGroup& group : scenario.pods) {
    const bool mine = group.component == component && release_of(group) == release && group.deployment == place.name;
    if (mine && group.version == members->wanted.version) members->updated += group.count;
  }
  Json made = deployment(*members, place, installed, random);
  made["metadata"]["annotations"].update(own_metadata(members->wanted).value("annotations", Json::object()));
  if (scenario.gitops && own) mark_as_owned(made, *scenario.gitops);
  auto sets = replica_sets(made, *members, place, hashes, installed, now, more);
  for (Json& one : pods) {
    const std::string set = place.name + "-" + label_of(one, "pod-template-hash");
    one["metadata"]["ownerReferences"] =
        owned_by(*std::ranges::find(sets, set, [](const Json& object) { return name_of(object); }));
  }
  tell_status(made, sets, pods, now);
  cluster.behaviours.emplace_back(key_of(made), behaviour_of(scenario, *members));
  for (const AutoscalerLine& line : scenario.autoscalers) {
    if (release.name_space != scenario.name_space || line.deployment != place.name) continue;
    for (Json& object : make_autoscaler(line, made, installed, more)) cluster.objects.push_back(std::move(object));
  }
  cluster.objects.insert(cluster.objects.end(), pods.begin(), pods.end());
  cluster.objects.insert(cluster.objects.end(), sets.begin(), sets.end());
  cluster.objects.push_back(std::move(made));
}

}  // namespace

Cluster make_cluster(const Scenario& scenario, Timestamp now, Random& random) {
  constexpr Timestamp kYear = 400 * 86400 * kSecond;
  Cluster cluster;
  Random ahead = random;
  Random more(ahead.next() ^ 0x5851f42d4c957f2du);
  for (const char* usual : {"default", "kube-system"})
    cluster.objects.push_back(name_space(usual, now - kYear, random));
  const auto releases = releases_of(scenario);
  for (const Release& release : releases) {
    const bool known = std::ranges::any_of(cluster.objects, [&](const Json& object) {
      return object.at("kind") == "Namespace" && name_of(object) == release.name_space;
    });
    if (!known) cluster.objects.push_back(name_space(release.name_space, now - kYear + 86400 * kSecond, random));
  }
  for (const Release& release : releases) {
    for (const char* component : {"server", "worker"}) {
      for (const Place& place : places_of(scenario, release, component)) {
        add_deployment(cluster, scenario, release, component, place, now, now - kYear + 86400 * kSecond, random, more);
      }
    }
  }
  return cluster;
}

}  // namespace akqueue::sim
