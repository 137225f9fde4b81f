#include "cluster/discovery.hpp"

#include <algorithm>

namespace akqueue {
namespace {

bool has_container(const Pod& pod, const std::string& name) {
  return std::ranges::find(pod.containers, name) != pod.containers.end();
}

std::string join(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list.empty() ? "none" : list;
}

/// Why `pod` must not be entered; empty when it may.
std::string objection(const Pod& pod, const std::string& container) {
  const bool has_worker = has_container(pod, std::string(kWorker));
  if (pod.component == kWorker || container == kWorker || (has_worker && pod.component != kServer))
    return "it is a worker";
  if (pod.terminating) return "it is terminating";
  if (!pod.ready) return "it is " + pod.condition();
  if (!has_container(pod, container))
    return "it has no container '" + container + "' (it has " + join(pod.containers) + ")";
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

}  // namespace

Target choose_server(const Inventory& inventory, const Search& search) {
  const std::string container = search.container.empty() ? std::string(kServer) : search.container;
  if (!search.pod.empty()) {
    const auto asked = std::ranges::find(inventory.pods, search.pod, &Pod::name);
    if (asked == inventory.pods.end()) {
      throw Error(ErrorCode::no_server_pod,
                  "no pod " + search.pod + " under " + search.selector + " in namespace " + search.name_space,
                  "kubectl get pods -n " + search.name_space + " lists them; --selector widens the search");
    }
    const std::string why_not = objection(*asked, container);
    if (!why_not.empty()) throw Error(ErrorCode::no_server_pod, "pod " + search.pod + " can't be entered: " + why_not);
    return target_of(*asked, container);
  }
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
  return Error(ErrorCode::no_server_pod,
               "no authentik in namespace " + search.name_space + ": no pod has the label " + search.selector,
               "kubectl get pods -A -l " + search.selector + " finds it; then -n NAMESPACE (or --selector)");
}

}  // namespace akqueue
