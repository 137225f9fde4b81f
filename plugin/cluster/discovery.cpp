#include "cluster/discovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace akqueue {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kServer = "server";
constexpr std::string_view kWorker = "worker";

/// `object[path…]`, or null. Foreign JSON: nothing in it is taken for granted.
const Json& at(const Json& object, std::initializer_list<std::string_view> path) {
  static const Json null;
  const Json* here = &object;
  for (const std::string_view key : path) {
    if (!here->is_object()) return null;
    const auto found = here->find(key);
    if (found == here->end()) return null;
    here = &*found;
  }
  return *here;
}

std::string text(const Json& object, std::initializer_list<std::string_view> path) {
  const Json& value = at(object, path);
  return value.is_string() ? value.get<std::string>() : std::string();
}

int number(const Json& object, std::initializer_list<std::string_view> path) {
  const Json& value = at(object, path);
  return value.is_number_integer() ? value.get<int>() : 0;
}

bool is_ready(const Json& item) {
  for (const Json& condition : at(item, {"status", "conditions"})) {
    if (text(condition, {"type"}) == "Ready") return text(condition, {"status"}) == "True";
  }
  return false;
}

std::string trouble_of(const Json& container_status) {
  for (const std::string_view state : {"waiting", "terminated"}) {
    const std::string reason = text(container_status, {"state", state, "reason"});
    if (!reason.empty()) return reason;
  }
  return text(container_status, {"lastState", "terminated", "reason"});
}

Pod read_pod(const Json& item) {
  Pod pod;
  pod.name = text(item, {"metadata", "name"});
  pod.component = text(item, {"metadata", "labels", "app.kubernetes.io/component"});
  pod.instance = text(item, {"metadata", "labels", "app.kubernetes.io/instance"});
  pod.phase = text(item, {"status", "phase"});
  pod.ready = is_ready(item);
  pod.terminating = !at(item, {"metadata", "deletionTimestamp"}).is_null();
  pod.started = parse_timestamp(text(item, {"status", "startTime"}));
  for (const Json& container : at(item, {"spec", "containers"})) pod.containers.push_back(text(container, {"name"}));
  for (const Json& status : at(item, {"status", "containerStatuses"})) {
    pod.restarts += number(status, {"restartCount"});
    if (pod.trouble.empty()) pod.trouble = trouble_of(status);
  }
  return pod;
}

Deployment read_deployment(const Json& item) {
  return {text(item, {"metadata", "name"}), text(item, {"metadata", "labels", "app.kubernetes.io/component"}),
          text(item, {"metadata", "labels", "app.kubernetes.io/instance"}), number(item, {"spec", "replicas"}),
          number(item, {"status", "readyReplicas"})};
}

bool has_container(const Pod& pod, const std::string& name) { return std::ranges::find(pod.containers, name) != pod.containers.end(); }

std::string join(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list.empty() ? "none" : list;
}

/// Why `pod` must not be entered; empty when it may.
std::string objection(const Pod& pod, const std::string& container) {
  const bool has_worker = has_container(pod, std::string(kWorker));
  if (pod.component == kWorker || container == kWorker || (has_worker && pod.component != kServer)) return "it is a worker";
  if (pod.terminating) return "it is terminating";
  if (!pod.ready) return "it is " + pod.condition();
  if (!has_container(pod, container)) return "it has no container '" + container + "' (it has " + join(pod.containers) + ")";
  return {};
}

bool is_server(const Pod& pod) {
  return pod.component == kServer || (pod.component.empty() && has_container(pod, std::string(kServer)));
}

Target target_of(const Pod& pod, const std::string& container) { return {pod.name, container, pod.instance}; }

std::string scaled_to_zero(const Inventory& inventory) {
  for (const Deployment& deployment : inventory.deployments) {
    if (deployment.component == kServer && deployment.replicas == 0) return deployment.name;
  }
  return {};
}

Error no_server(const Inventory& inventory, const Search& search, const std::string& container) {
  const std::string idle = scaled_to_zero(inventory);
  if (!idle.empty()) {
    return Error(ErrorCode::no_server_pod, "no authentik server pod: deployment " + idle + " is scaled to 0",
                 "kubectl scale deployment/" + idle + " --replicas=1 -n " + search.name_space);
  }
  std::string conditions;
  for (const Pod& pod : inventory.pods) {
    if (is_server(pod)) conditions += "\n  " + pod.name + ": " + objection(pod, container).substr(3);
  }
  if (conditions.empty()) {
    return Error(ErrorCode::no_server_pod,
                 "no authentik server pod in namespace " + search.name_space + ", only " +
                     std::to_string(inventory.pods.size()) + " other pods under " + search.selector,
                 "workers are never entered; is the server deployed? (--selector or --pod names another)");
  }
  return Error(ErrorCode::no_server_pod, "no authentik server pod can be entered:" + conditions,
               "kubectl get pods -n " + search.name_space + " -l " + search.selector + " shows why");
}

/// Two releases in one namespace have two databases: which one is meant is not guessed.
void check_one_release(const Inventory& inventory, const Search& search, const std::string& container) {
  std::set<std::string> releases;
  for (const Pod& pod : inventory.pods) {
    if (is_server(pod) && objection(pod, container).empty()) releases.insert(pod.instance);
  }
  if (releases.size() < 2) return;
  throw Error(ErrorCode::refused,
              "namespace " + search.name_space + " holds several releases of authentik: " + join({releases.begin(), releases.end()}),
              "choose one with --selector app.kubernetes.io/name=authentik,app.kubernetes.io/instance=" + *releases.rbegin());
}

}  // namespace

std::string Pod::condition() const {
  std::string words = phase.empty() ? "in an unknown state" : phase;
  if (terminating) words = "Terminating";
  words += ready ? ", ready" : ", not ready";
  return trouble.empty() ? words : words + " (" + trouble + ")";
}

Inventory read_inventory(std::string_view json) {
  const Json list = Json::parse(json, nullptr, false);
  if (!list.is_object() || !at(list, {"items"}).is_array()) {
    throw Error(ErrorCode::kubectl_failed, "kubectl get did not print a list of objects",
                "is `kubectl` on PATH really kubectl? kubectl version --client should say so");
  }
  Inventory inventory;
  for (const Json& item : at(list, {"items"})) {
    const std::string kind = text(item, {"kind"});
    if (kind == "Pod") inventory.pods.push_back(read_pod(item));
    if (kind == "Deployment") inventory.deployments.push_back(read_deployment(item));
  }
  return inventory;
}

Inventory take_inventory(Kubectl& kubectl, const Search& search) {
  const Finished got = kubectl.run({"get", "pods,deployments", "--selector", search.selector, "--output", "json"});
  // Where deployments may not be listed, kubectl prints the pods all the same and then fails.
  const bool only_deployments_refused = got.error_text.find("cannot list resource \"pods\"") == std::string::npos &&
                                        got.error_text.find("cannot list resource \"deployments\"") != std::string::npos;
  if (!got.status.ok() && (got.output.empty() || !only_deployments_refused)) {
    throw kubectl_error(got, "list authentik's pods in namespace " + search.name_space);
  }
  return read_inventory(got.output);
}

Target choose_server(const Inventory& inventory, const Search& search) {
  const std::string container = search.container.empty() ? std::string(kServer) : search.container;
  if (!search.pod.empty()) {
    const auto asked = std::ranges::find(inventory.pods, search.pod, &Pod::name);
    if (asked == inventory.pods.end()) {
      throw Error(ErrorCode::no_server_pod, "no pod " + search.pod + " under " + search.selector + " in namespace " + search.name_space,
                  "kubectl get pods -n " + search.name_space + " lists them; --selector widens the search");
    }
    const std::string why_not = objection(*asked, container);
    if (!why_not.empty()) throw Error(ErrorCode::no_server_pod, "pod " + search.pod + " can't be entered: " + why_not);
    return target_of(*asked, container);
  }
  check_one_release(inventory, search, container);
  const Pod* best = nullptr;
  for (const Pod& pod : inventory.pods) {
    if (!is_server(pod) || !objection(pod, container).empty()) continue;
    const bool older = best != nullptr && pod.started.value_or(0) < best->started.value_or(0);
    if (best == nullptr || older) best = &pod;
  }
  if (best == nullptr) throw no_server(inventory, search, container);
  return target_of(*best, container);
}

Error nothing_found(Kubectl& kubectl, const Search& search) {
  const Finished got = kubectl.run({"get", "namespace", search.name_space, "--output", "name"});
  if (!got.status.ok() && got.error_text.find("NotFound") != std::string::npos) {
    return Error(ErrorCode::namespace_missing, "namespace " + search.name_space + " does not exist",
                 "name authentik's namespace with -n; kubectl get namespaces lists them");
  }
  return Error(ErrorCode::no_server_pod, "no authentik in namespace " + search.name_space + ": no pod has the label " + search.selector,
               "kubectl get pods -A -l " + search.selector + " finds it; then -n NAMESPACE (or --selector)");
}

}  // namespace akqueue
