#include "cluster/discovery.hpp"

#include <algorithm>

#include "akqueue/words.hpp"

namespace akqueue::cluster {
namespace {

constexpr const char* kNamesServer =
    "--server-selector LABELS or --pod names the server, --allow-worker lets a worker be entered";

std::string in_line(const std::vector<Container>& containers) {
  std::vector<std::string> names;
  for (const Container& one : containers) names.push_back(one.name);
  return names.empty() ? "none" : joined(names);
}

/// The container to enter; null where the pod has none of that name, or none that may be.
const Container* entered_container(const Pod& pod, const Search& search) {
  if (!search.container.empty()) {
    const auto named = std::ranges::find(pod.containers, search.container, &Container::name);
    return named == pod.containers.end() ? nullptr : &*named;
  }
  if (const Container* const server = pod.container_of(Role::server)) return server;
  // Somebody has said that this is a server, or the pod's label does.
  if (const Container* const worker = pod.container_of(Role::worker)) return worker;
  return pod.containers.empty() ? nullptr : &pod.containers.front();
}

/// Whatever container of it is meant: a pod of workers only, or the worker beside a server.
bool is_worker(const Pod& pod, const Container* container) {
  if (container != nullptr && container->role != Role::none) return container->role == Role::worker;
  return pod.container_of(Role::server) == nullptr &&
         (pod.container_of(Role::worker) != nullptr || (pod.roles.worker && !pod.roles.server));
}

/// Why `pod` must not be entered; empty if it may.
std::string objection(const Pod& pod, const Search& search) {
  const Container* const container = entered_container(pod, search);
  if (is_worker(pod, container) && !search.allow_worker) return "it is a worker";
  const bool asked = search.pod == pod.name;
  if (pod.terminating && !asked) return "it is terminating";
  if (container == nullptr)
    return search.container.empty()
               ? "it has no container"
               : "it has no container '" + search.container + "' (it has " + in_line(pod.containers) + ")";
  return pod.ready || container->running ? std::string() : "it is " + pod.condition();
}

bool may_be_meant(const Pod& pod, const Search& search) {
  return pod.roles.server || (pod.roles.worker && search.allow_worker);
}

/// A Ready server first, then one that is not, then workers, where these are allowed; of the same rank the oldest.
struct Rank {
  bool worker = false;
  bool unready = false;
  Timestamp started = 0;
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const Pod& pod) { return {!pod.roles.server, !pod.ready, pod.started.value_or(0)}; }

std::string note_on(const Pod& pod, const Container& container, bool asked) {
  if (is_worker(pod, &container))
    return "entering a worker, as --allow-worker says: if it is killed for want of memory, this ends too";
  if (pod.terminating) return "pod " + pod.name + " is terminating: it may be gone soon";
  if (pod.ready) return {};
  return (asked ? "pod " : "no server pod is Ready: entering ") + pod.name +
         (asked ? " is " : ", whose container runs (") + pod.condition() + (asked ? "" : ")");
}

Target target_of(const Pod& pod, const Search& search) {
  const Container& container = *entered_container(pod, search);
  return {pod.name, container.name, pod.instance, note_on(pod, container, search.pod == pod.name)};
}

std::string scaled_to_zero(const Inventory& inventory) {
  for (const Deployment& deployment : inventory.deployments) {
    if (deployment.roles.server && deployment.replicas == 0) return deployment.name;
  }
  return {};
}

Error no_server(const Inventory& inventory, const Search& search) {
  const std::string idle = scaled_to_zero(inventory);
  if (!idle.empty()) {
    return Error(ErrorCode::no_server_pod, "no authentik server pod: deployment " + idle + " is scaled to 0",
                 "kubectl scale deployment/" + idle + " --replicas=1 -n " + search.name_space);
  }
  std::string conditions;
  for (const Pod& pod : inventory.pods) {
    if (pod.roles.server) conditions += "\n  " + pod.name + ": " + objection(pod, search).substr(3);
  }
  if (conditions.empty()) {
    const std::string under = search.by_labels() && !inventory.without_labels ? " under " + search.selector : "";
    return Error(ErrorCode::no_server_pod,
                 "no authentik server pod in namespace " + search.name_space + ", only " +
                     count_of(static_cast<std::int64_t>(inventory.pods.size()), "other pod", "other pods") + under,
                 "is the server deployed? " + std::string(kNamesServer));
  }
  return Error(ErrorCode::no_server_pod, "no authentik server pod can be entered:" + conditions,
               "kubectl get pods -n " + search.name_space +
                   (search.by_labels() ? " -l " + search.selector : std::string()) + " shows why");
}

Target asked_for(const Inventory& inventory, const Search& search) {
  const auto asked = std::ranges::find(inventory.pods, search.pod, &Pod::name);
  if (asked == inventory.pods.end()) {
    throw Error(ErrorCode::no_server_pod,
                "no pod " + search.pod + (search.by_labels() ? " under " + search.selector : std::string()) +
                    " in namespace " + search.name_space,
                "kubectl get pods -n " + search.name_space + " lists them" +
                    (search.by_labels() ? "; --selector widens the search" : ""));
  }
  const std::string why_not = objection(*asked, search);
  if (why_not.empty()) return target_of(*asked, search);
  throw Error(
      ErrorCode::no_server_pod, "pod " + search.pod + " can't be entered: " + why_not,
      why_not.ends_with("a worker") ? "leave --pod out to enter a server; --allow-worker enters it nevertheless" : "");
}

}  // namespace

Target choose_server(const Inventory& inventory, const Search& search) {
  if (!search.pod.empty()) return asked_for(inventory, search);
  const Pod* best = nullptr;
  for (const Pod& pod : inventory.pods) {
    if (!may_be_meant(pod, search) || !objection(pod, search).empty()) continue;
    if (best == nullptr || rank_of(pod) < rank_of(*best)) best = &pod;
  }
  if (best == nullptr) throw no_server(inventory, search);
  return target_of(*best, search);
}

Error nothing_found(Kubectl& kubectl, const Search& search) {
  const system::Finished got = kubectl.run({"get", "namespace", search.name_space, "--output", "name"});
  if (!got.status.ok() && got.error_text.find("NotFound") != std::string::npos) {
    return Error(ErrorCode::namespace_missing, "namespace " + search.name_space + " does not exist",
                 "give authentik's namespace with -n; kubectl get namespaces lists them all");
  }
  const std::string searched =
      search.selector_given ? "no pod has the label " + search.selector
                            : "no pod has the label " + search.selector + ", or runs authentik's server or worker";
  return Error(ErrorCode::no_server_pod, "no authentik in namespace " + search.name_space + ": " + searched,
               "kubectl get pods -A -l " + search.selector +
                   " finds it; then -n NAMESPACE (or --selector, or --server-selector and --worker-selector)");
}

}  // namespace akqueue::cluster
