#include "cluster/workloads.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "cluster/pods.hpp"

namespace akqueue::sim {
namespace {

constexpr const char* kRevision = "deployment.kubernetes.io/revision";
constexpr const char* kHash = "pod-template-hash";

/// Kubernetes leaves out counts that are 0.
void put_count(Json& status, const char* name, std::int64_t count) {
  if (count == 0) status.erase(name);
  else status[name] = count;
}

void put_condition(Json& status, const char* type, bool holds, const char* reason, const std::string& message,
                   Timestamp at) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  Json* found = nullptr;
  for (Json& one : conditions) {
    if (one.at("type") == type) found = &one;
  }
  if (found == nullptr)
    found = &conditions.emplace_back(Json{{"lastTransitionTime", ""},
                                          {"lastUpdateTime", ""},
                                          {"message", ""},
                                          {"reason", ""},
                                          {"status", ""},
                                          {"type", type}});
  const char* word = holds ? "True" : "False";
  if (found->at("status") != word) (*found)["lastTransitionTime"] = seconds_text(at);
  if (found->at("status") != word || found->at("reason") != reason) (*found)["lastUpdateTime"] = seconds_text(at);
  (*found)["status"] = word;
  (*found)["reason"] = reason;
  (*found)["message"] = message;
}

struct Counts {
  std::int64_t all = 0;
  std::int64_t ready = 0;
};

/// A terminating pod does not count any more.
Counts count(const Json& replica_set, const std::vector<Json>& pods) {
  Counts counts;
  for (const Json& pod : pods) {
    if (owner_of(pod) != name_of(replica_set) || is_terminating(pod)) continue;
    ++counts.all;
    counts.ready += is_ready(pod) ? 1 : 0;
  }
  return counts;
}

}  // namespace

std::int64_t revision_of(const ClusterObject& object) {
  return std::stoll(object.at("metadata").at("annotations").value(kRevision, std::string("0")));
}

ClusterObject* current_of(std::vector<ClusterObject>& replica_sets) {
  const auto newest = std::ranges::max_element(replica_sets, {}, revision_of);
  return newest == replica_sets.end() ? nullptr : &*newest;
}

ClusterObject new_replica_set(const ClusterObject& deployment, const std::string& hash, const std::string& uid,
                              Timestamp at) {
  Json pod_template = deployment.at("spec").at("template");
  pod_template["metadata"]["labels"][kHash] = hash;
  Json selector = deployment.at("spec").at("selector");
  selector["matchLabels"][kHash] = hash;
  const Json& metadata = deployment.at("metadata");
  const std::int64_t replicas = deployment.at("spec").at("replicas");
  return {{"apiVersion", "apps/v1"},
          {"kind", "ReplicaSet"},
          {"metadata",
           {{"annotations",
             {{"deployment.kubernetes.io/desired-replicas", std::to_string(replicas)},
              {"deployment.kubernetes.io/max-replicas", std::to_string(replicas + (replicas + 3) / 4)},
              {kRevision, metadata.at("annotations").at(kRevision)}}},
            {"creationTimestamp", seconds_text(at)},
            {"generation", 1},
            {"labels", pod_template.at("metadata").at("labels")},
            {"name", name_of(deployment) + "-" + hash},
            {"namespace", metadata.at("namespace")},
            {"ownerReferences", owned_by(deployment)},
            {"uid", uid}}},
          {"spec", {{"replicas", 0}, {"selector", selector}, {"template", pod_template}}},
          {"status", {{"observedGeneration", 1}, {"replicas", 0}}}};
}

void tell_status(ClusterObject& deployment, std::vector<ClusterObject>& replica_sets,
                 const std::vector<ClusterObject>& pods, Timestamp at) {
  Counts total;
  Counts updated;
  const Json* current = current_of(replica_sets);
  for (Json& one : replica_sets) {
    const Counts counts = count(one, pods);
    total.all += counts.all;
    total.ready += counts.ready;
    if (&one == current) updated = counts;
    if (one["spec"]["replicas"] != counts.all) {
      one["spec"]["replicas"] = counts.all;
      one["metadata"]["generation"] = one["metadata"]["generation"].get<std::int64_t>() + 1;
    }
    Json& status = one["status"];
    put_count(status, "availableReplicas", counts.ready);
    put_count(status, "fullyLabeledReplicas", counts.all);
    put_count(status, "readyReplicas", counts.ready);
    status["replicas"] = counts.all;
    status["observedGeneration"] = one["metadata"]["generation"];
  }
  const std::int64_t wanted = deployment.at("spec").at("replicas");
  Json& status = deployment["status"];
  put_count(status, "availableReplicas", total.ready);
  put_count(status, "readyReplicas", total.ready);
  put_count(status, "replicas", total.all);
  put_count(status, "unavailableReplicas", std::max<std::int64_t>(0, wanted - total.ready));
  put_count(status, "updatedReplicas", updated.all);
  status["observedGeneration"] = deployment.at("metadata").at("generation");
  const bool available = total.ready >= wanted - wanted / 4;
  put_condition(status, "Available", available, available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                available ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                at);
  const bool complete = updated.ready >= wanted && total.all == updated.all;
  const std::string set = current == nullptr ? "" : name_of(*current);
  put_condition(status, "Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                "ReplicaSet \"" + set + "\" " + (complete ? "has successfully progressed." : "is progressing."), at);
}

}  // namespace akqueue::sim
