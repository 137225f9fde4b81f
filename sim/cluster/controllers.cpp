#include "cluster/controllers.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "cluster/pods.hpp"
#include "cluster/workers.hpp"
#include "cluster/workloads.hpp"
#include "world/due.hpp"

namespace akqueue::sim {
namespace {

/// Every step has its own random numbers; the same steps in the same world have the same ones.
std::uint64_t seed_of(World& world) {
  const std::string seed = world.fact("seed");
  return std::stoull(seed.empty() ? "1" : seed) * 0x9e3779b97f4a7c15u +
         static_cast<std::uint64_t>(world.store().revision());
}

bool of_set(const Json& pod, const Json* set) { return set != nullptr && owner_key_of(pod) == key_of(*set); }

/// The pods that a ReplicaSet deletes first: those that are not Ready, then the youngest.
bool ends_before(const Json& a, const Json& b) {
  if (is_ready(a) != is_ready(b)) return is_ready(b);
  return std::pair(created_of(a), name_of(a)) > std::pair(created_of(b), name_of(b));
}

std::string scaled_words(const Json& set, std::int64_t from, std::int64_t to) {
  return std::string("Scaled ") + (to > from ? "up" : "down") + " replica set " + name_of(set) + " from " +
         std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

Controllers::Controllers(World& world, Timestamp uptime)
    : world_(world),
      uptime_(uptime),
      shown_(world.clock().shown(uptime)),
      due_(world.database()),
      random_(seed_of(world)) {}

std::optional<Controllers::Workload> Controllers::workload(const std::string& deployment) {
  auto found = world_.store().find_key("Deployment", deployment);
  if (!found) return std::nullopt;
  Workload workload{std::move(*found), {}, {}};
  const std::string name_space = namespace_of(workload.deployment);
  for (Json& set : world_.objects("ReplicaSet", name_space)) {
    if (owner_key_of(set) == deployment) workload.sets.push_back(std::move(set));
  }
  for (Json& pod : world_.objects("Pod", name_space)) {
    const bool mine = std::ranges::any_of(workload.sets, [&](const Json& set) { return of_set(pod, &set); });
    if (mine && !is_terminating(pod)) workload.pods.push_back(std::move(pod));
  }
  return workload;
}

std::string Controllers::deployment_of(const ClusterObject& pod) {
  const auto set = world_.store().find_key("ReplicaSet", owner_key_of(pod));
  return set ? owner_key_of(*set) : std::string();
}

void Controllers::deployment_changed(const std::string& deployment) {
  auto found = workload(deployment);
  if (!found) return;
  Json* current = current_of(found->sets);
  Json wanted = found->deployment.at("spec").at("template");
  if (current != nullptr) wanted["metadata"]["labels"]["pod-template-hash"] = label_of(*current, "pod-template-hash");
  if (current == nullptr || ForeignJson(current->at("spec").at("template")) != ForeignJson(wanted)) add_set(*found);
  settle(*found);
  tell(deployment);
  tell_scalers(*world_.store().find_key("Deployment", deployment));
}

/// For a new template: a rollout begins.
void Controllers::add_set(Workload& workload) {
  Json& annotations = workload.deployment["metadata"]["annotations"];
  std::int64_t revision = 0;
  for (const Json& set : workload.sets) revision = std::max(revision, revision_of(set));
  annotations["deployment.kubernetes.io/revision"] = std::to_string(revision + 1);
  world_.store().put(workload.deployment);
  const std::string uid = random_.uuid();
  Json set = new_replica_set(workload.deployment, random_.name(10), uid, shown_);
  world_.store().put(set);
  workload.sets.push_back(std::move(set));
}

/// Brings the pods closer to what the deployment asks for: at most one extra pod while an older version is replaced,
/// and one old pod goes for each new one that is Ready.
void Controllers::settle(Workload& workload) {
  const Json* current = current_of(workload.sets);
  const std::int64_t wanted = workload.deployment.at("spec").at("replicas");
  const auto is_new = [&](const Json& pod) { return of_set(pod, current); };
  std::ranges::stable_sort(workload.pods, ends_before);
  const std::int64_t have = std::ranges::count_if(workload.pods, is_new);
  const std::int64_t old = static_cast<std::int64_t>(workload.pods.size()) - have;
  const std::int64_t ready =
      std::ranges::count_if(workload.pods, [&](const Json& pod) { return is_new(pod) && is_ready(pod); });
  const std::int64_t most = old == 0 ? wanted : std::min(wanted, std::max(have, wanted + 1 - old));
  std::int64_t too_many = std::max<std::int64_t>(0, have - wanted);
  std::int64_t too_old = std::max<std::int64_t>(0, old - std::max<std::int64_t>(0, wanted - ready));
  if (wanted == 0) too_old = old;

  const Behaviour behaviour = read_behaviour(world_.database(), key_of(workload.deployment));
  if (too_many > 0)
    record(workload.deployment,
           {false, "ScalingReplicaSet", scaled_words(*current, have, have - too_many), "deployment-controller"});
  for (const Json& pod : workload.pods) {
    std::int64_t& rest = is_new(pod) ? too_many : too_old;
    if (rest == 0) continue;
    --rest;
    end_pod(pod, behaviour);
  }
  if (have < most)
    record(workload.deployment,
           {false, "ScalingReplicaSet", scaled_words(*current, have, most), "deployment-controller"});
  for (std::int64_t i = have; i < most; ++i) make_pod(workload, *current);
}

void Controllers::make_pod(Workload& workload, const ClusterObject& set) {
  Json pod = new_pod(set, shown_, random_);
  world_.store().put(pod);
  record(set, {false, "SuccessfulCreate", "Created pod: " + name_of(pod), "replicaset-controller"});
  const Timestamp starts = read_behaviour(world_.database(), key_of(workload.deployment)).starts_s * kSecond;
  due_.add(uptime_ + starts / 2, happening::kRuns, key_of(pod));
  due_.add(uptime_ + starts, happening::kReady, key_of(pod));
}

void Controllers::end_pod(ClusterObject pod, const Behaviour& behaviour) {
  if (is_terminating(pod)) return;
  terminate_pod(pod, shown_);
  world_.store().put(pod);
  due_.forget(key_of(pod));
  if (!behaviour.stuck) due_.add(uptime_ + behaviour.ends_s * kSecond, happening::kGone, key_of(pod));
  for (const Json& container : pod.at("spec").at("containers")) {
    record(pod, {false, "Killing", "Stopping container " + container.at("name").get<std::string>(), "kubelet"});
  }
}

/// Writes the status of a deployment and of its ReplicaSets.
void Controllers::tell(const std::string& deployment) {
  auto found = workload(deployment);
  if (!found) return;
  const Json before = found->deployment;
  const std::vector<Json> sets = found->sets;
  tell_status(found->deployment, found->sets, found->pods, shown_);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (found->sets[i] != sets[i]) world_.store().put(found->sets[i]);
  }
  if (found->deployment != before) world_.store().put(found->deployment);
}

void Controllers::pod_runs(const std::string& key) {
  auto pod = world_.store().find_key("Pod", key);
  if (!pod || is_terminating(*pod)) return;
  start_pod(*pod, shown_);
  world_.store().put(*pod);
  worker_starts(world_, *pod, shown_);
  for (const Json& container : pod->at("spec").at("containers")) {
    record(*pod, {false, "Started", "Started container " + container.at("name").get<std::string>(), "kubelet"});
  }
}

void Controllers::pod_ready(const std::string& key) {
  auto pod = world_.store().find_key("Pod", key);
  if (!pod || is_terminating(*pod)) return;
  make_pod_ready(*pod, shown_);
  world_.store().put(*pod);
  const Behaviour behaviour = read_behaviour(world_.database(), deployment_of(*pod));
  if (behaviour.oom_every_s > 0 && !world_.clock().stopped())
    due_.add_once(uptime_ + behaviour.oom_every_s * kSecond, happening::kKilled, key);
  if (auto found = workload(deployment_of(*pod))) {
    settle(*found);
    tell(key_of(found->deployment));
  }
}

void Controllers::pod_gone(const std::string& key) {
  const auto pod = world_.store().find_key("Pod", key);
  if (!pod) return;
  const std::string deployment = deployment_of(*pod);
  world_.store().remove(*pod);
  due_.forget(key);
  worker_ends(world_, *pod);
  tell(deployment);
}

void Controllers::delete_pod(ClusterObject pod, bool forced) {
  const std::string deployment = deployment_of(pod);
  if (forced) pod_gone(key_of(pod));
  else end_pod(std::move(pod), read_behaviour(world_.database(), deployment));
  if (auto found = workload(deployment)) {
    settle(*found);
    tell(deployment);
  }
}

void Controllers::worker_killed(const std::string& key) {
  auto pod = world_.store().find_key("Pod", key);
  if (!pod || is_terminating(*pod)) return;
  const Behaviour behaviour = read_behaviour(world_.database(), deployment_of(*pod));
  // In a world that nobody opened for days, the kills before the last hour are only counted.
  constexpr std::int64_t kHour = 3600;
  const std::int64_t late = (world_.clock().uptime() - uptime_) / kSecond - kHour;
  const std::int64_t skipped = std::max<std::int64_t>(0, late / behaviour.oom_every_s);
  const Timestamp next = uptime_ + (skipped + 1) * behaviour.oom_every_s * kSecond;
  if (is_running(*pod) && unfinished_tasks(world_) > behaviour.oom_above) {
    kill_pod_for_memory(*pod, shown_, skipped + 1);
    world_.store().put(*pod);
    worker_ends(world_, *pod);
    const std::string container = pod->at("spec").at("containers").front().at("name");
    record(*pod,
           {true, "BackOff",
            "Back-off restarting failed container " + container + " in pod " + name_of(*pod) + "_" + namespace_of(*pod),
            "kubelet"});
    record(*pod, {true, "OOMKilling", "Memory cgroup out of memory: killed process of container " + container,
                  "kernel-monitor"});
    due_.add(uptime_ + behaviour.starts_s * kSecond / 2, happening::kRuns, key);
    due_.add(uptime_ + behaviour.starts_s * kSecond, happening::kReady, key);
    tell(deployment_of(*pod));
  }
  due_.add_once(next, happening::kKilled, key);
}

}  // namespace akqueue::sim
