#include "cluster/pods.hpp"

#include "akqueue/json.hpp"

namespace akqueue::sim {
namespace {

constexpr std::int64_t kGraceSeconds = 30;

void set_condition(Json& pod, const char* type, bool holds, Timestamp at, const char* reason = nullptr) {
  Json& conditions = pod["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  Json* found = nullptr;
  for (Json& one : conditions) {
    if (one.at("type") == type) found = &one;
  }
  if (found == nullptr)
    found = &conditions.emplace_back(
        Json{{"lastProbeTime", nullptr}, {"lastTransitionTime", ""}, {"status", ""}, {"type", type}});
  const char* word = holds ? "True" : "False";
  if (found->at("status") != word) (*found)["lastTransitionTime"] = seconds_text(at);
  (*found)["status"] = word;
  if (reason == nullptr) found->erase("reason");
  else (*found)["reason"] = reason;
}

/// FNV-1a: the same on every machine.
std::uint64_t fnv(const std::string& text) {
  std::uint64_t hash = 1469598103934665603u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

void set_ready(Json& pod, bool ready, Timestamp at) {
  for (Json& status : pod["status"]["containerStatuses"])
    status["ready"] = ready && status.at("state").contains("running");
  const char* reason = ready ? nullptr : "ContainersNotReady";
  set_condition(pod, "ContainersReady", ready, at, reason);
  set_condition(pod, "Ready", ready, at, reason);
}

}  // namespace

std::string seconds_text(Timestamp at) { return format_timestamp(at).substr(0, 19) + "Z"; }

ClusterObject new_pod(const ClusterObject& replica_set, Timestamp at, Random& random) {
  const Json& spec = replica_set.at("spec").at("template").at("spec");
  const std::string node = std::to_string(1 + random.below(3));
  Json pod{{"apiVersion", "v1"}, {"kind", "Pod"}};
  pod["metadata"] = {{"creationTimestamp", seconds_text(at)},
                     {"generateName", name_of(replica_set) + "-"},
                     {"labels", replica_set.at("spec").at("template").at("metadata").at("labels")},
                     {"name", name_of(replica_set) + "-" + random.name(5)},
                     {"namespace", replica_set.at("metadata").at("namespace")},
                     {"ownerReferences", owned_by(replica_set)},
                     {"uid", random.uuid()}};
  const Json& metadata = replica_set.at("spec").at("template").at("metadata");
  if (metadata.contains("annotations")) pod["metadata"]["annotations"] = metadata.at("annotations");
  pod["spec"] = spec;
  pod["spec"]["nodeName"] = "node-" + node;
  Json statuses = Json::array();
  for (const Json& container : spec.at("containers")) {
    statuses.push_back({{"name", container.at("name")},
                        {"image", container.at("image")},
                        {"ready", false},
                        {"restartCount", 0},
                        {"started", false},
                        {"lastState", Json::object()},
                        {"state", {{"waiting", {{"reason", "ContainerCreating"}}}}}});
  }
  pod["status"] = {{"conditions", Json::array()},
                   {"containerStatuses", statuses},
                   {"hostIP", "10.0.0." + std::to_string(10 + std::stoi(node))},
                   {"phase", "Pending"},
                   {"startTime", seconds_text(at)}};
  set_condition(pod, "Initialized", true, at);
  set_ready(pod, false, at);
  set_condition(pod, "PodScheduled", true, at);
  return pod;
}

void start_pod(ClusterObject& pod, Timestamp at) {
  for (Json& status : pod["status"]["containerStatuses"]) {
    status["state"] = {{"running", {{"startedAt", seconds_text(at)}}}};
    status["started"] = true;
  }
  pod["status"]["phase"] = "Running";
  if (!pod["status"].contains("podIP")) {
    const std::string node = pod.at("spec").at("nodeName").get<std::string>().substr(5);
    const auto number = 10 + Random(fnv(name_of(pod))).below(200);
    pod["status"]["podIP"] = "10.244." + node + "." + std::to_string(number);
  }
}

void make_pod_ready(ClusterObject& pod, Timestamp at) { set_ready(pod, true, at); }

void kill_pod_for_memory(ClusterObject& pod, Timestamp at, std::int64_t times) {
  Json& status = pod["status"]["containerStatuses"].front();
  const Json started = status.at("state").contains("running") ? status.at("state").at("running").at("startedAt")
                                                              : Json(seconds_text(at));
  status["restartCount"] = status.at("restartCount").get<std::int64_t>() + times;
  status["lastState"] = {
      {"terminated",
       {{"exitCode", 137}, {"finishedAt", seconds_text(at)}, {"reason", "OOMKilled"}, {"startedAt", started}}}};
  status["state"] = {{"waiting", {{"reason", "CrashLoopBackOff"}}}};
  status["started"] = false;
  set_ready(pod, false, at);
}

void terminate_pod(ClusterObject& pod, Timestamp at) {
  pod["metadata"]["deletionGracePeriodSeconds"] = kGraceSeconds;
  pod["metadata"]["deletionTimestamp"] = seconds_text(at + kGraceSeconds * kSecond);
}

bool is_ready(const ClusterObject& pod) {
  for (const Json& one : pod.at("status").at("conditions")) {
    if (one.at("type") == "Ready") return one.at("status") == "True";
  }
  return false;
}

bool is_running(const ClusterObject& pod) {
  const Json& status = pod.at("status");
  if (status.at("phase") != "Running" || !status.contains("containerStatuses")) return false;
  return status.at("containerStatuses").front().at("state").contains("running");
}

bool is_terminating(const ClusterObject& pod) { return pod.at("metadata").contains("deletionTimestamp"); }

Timestamp created_of(const ClusterObject& object) {
  return parse_timestamp(object.at("metadata").value("creationTimestamp", std::string())).value_or(0);
}

}  // namespace akqueue::sim
