#include "cluster/inventory.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <set>

#include "akqueue/json_depth.hpp"
#include "cluster/foreign_json.hpp"

namespace akqueue {
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

/// The last end that is told: of the container that is down, or of the one before it.
std::optional<Termination> end_of(const ForeignJson& container_status) {
  for (const std::string_view state : {"state", "lastState"}) {
    const ForeignJson& ended = foreign::at(container_status, {state, "terminated"});
    if (ended.is_object())
      return Termination{foreign::text(ended, {"reason"}), foreign::number(ended, {"exitCode"}),
                         parse_timestamp(foreign::text(ended, {"finishedAt"}))};
  }
  return std::nullopt;
}

/// Of several containers the one that is authentik's; else the first.
const ForeignJson& main_container(const ForeignJson& containers, const std::string& component) {
  static const ForeignJson none;
  if (!containers.is_array() || containers.empty()) return none;
  for (const ForeignJson& container : containers) {
    if (foreign::text(container, {"name"}) == component) return container;
  }
  return containers.front();
}

Pod read_pod(const ForeignJson& item) {
  Pod pod;
  pod.name = foreign::text(item, {"metadata", "name"});
  pod.name_space = foreign::text(item, {"metadata", "namespace"});
  pod.labels = foreign::texts(item, {"metadata", "labels"});
  pod.component = foreign::text(item, {"metadata", "labels", label::kComponent});
  pod.instance = foreign::text(item, {"metadata", "labels", label::kInstance});
  pod.phase = foreign::text(item, {"status", "phase"});
  pod.ip = foreign::text(item, {"status", "podIP"});
  pod.ready = is_ready(item);
  pod.terminating = !foreign::at(item, {"metadata", "deletionTimestamp"}).is_null();
  pod.to_be_gone = parse_timestamp(foreign::text(item, {"metadata", "deletionTimestamp"}));
  pod.started = parse_timestamp(foreign::text(item, {"status", "startTime"}));
  const ForeignJson& containers = foreign::at(item, {"spec", "containers"});
  for (const ForeignJson& container : containers) pod.containers.push_back(foreign::text(container, {"name"}));
  pod.memory_limit =
      parse_quantity(foreign::text(main_container(containers, pod.component), {"resources", "limits", "memory"}));
  const std::string main = foreign::text(main_container(containers, pod.component), {"name"});
  for (const ForeignJson& status : foreign::at(item, {"status", "containerStatuses"})) {
    pod.restarts += foreign::number(status, {"restartCount"});
    if (pod.trouble.empty()) pod.trouble = trouble_of(status);
    if (foreign::text(status, {"name"}) == main) pod.last_end = end_of(status);
  }
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
  deployment.component = foreign::text(item, {"metadata", "labels", label::kComponent});
  deployment.instance = foreign::text(item, {"metadata", "labels", label::kInstance});
  deployment.replicas = foreign::number(item, {"spec", "replicas"});
  deployment.ready = foreign::number(item, {"status", "readyReplicas"});
  deployment.generation_seen =
      foreign::number(item, {"status", "observedGeneration"}) >= foreign::number(item, {"metadata", "generation"});
  read_environment(main_container(foreign::at(item, {"spec", "template", "spec", "containers"}), deployment.component),
                   deployment);
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

/// What kubectl was not allowed to list, from its words: `… cannot list resource "deployments" in …`.
std::vector<std::string> refused_kinds(std::string_view errors) {
  constexpr std::string_view kWords = "cannot list resource \"";
  std::vector<std::string> kinds;
  for (std::size_t at = errors.find(kWords); at != std::string_view::npos; at = errors.find(kWords, at + 1)) {
    const std::string_view rest = errors.substr(at + kWords.size());
    kinds.emplace_back(rest.substr(0, rest.find('"')));
  }
  return kinds;
}

template <class Object>
std::vector<Object> only(const std::vector<Object>& all, const std::string& instance) {
  std::vector<Object> some;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const Object& one) { return one.instance == instance; });
  return some;
}

}  // namespace

std::string Pod::condition() const {
  std::string words = phase.empty() ? "in an unknown state" : phase;
  if (terminating) words = "Terminating";
  words += ready ? ", ready" : ", not ready";
  return trouble.empty() ? words : words + " (" + trouble + ")";
}

bool Deployment::owns(const Pod& pod) const {
  if (match_labels.empty() || pod.name_space != name_space) return false;
  return std::ranges::all_of(match_labels, [&](const auto& one) {
    const auto found = pod.labels.find(one.first);
    return found != pod.labels.end() && found->second == one.second;
  });
}

std::vector<std::string> Inventory::releases() const {
  std::set<std::string> names;
  for (const SiteName& site : sites()) names.insert(site.release);
  return {names.begin(), names.end()};
}

Inventory Inventory::of_release(const std::string& name) const {
  // An autoscaler has no label that can be relied on: it belongs to what it scales.
  return {only(pods, name), only(deployments, name), autoscalers, refused};
}

std::vector<SiteName> Inventory::sites() const {
  std::set<SiteName> names;
  const auto add = [&](const auto& object) {
    if (object.component == kServer || object.component == kWorker || object.component.empty())
      names.insert({object.name_space, object.instance});
  };
  std::ranges::for_each(pods, add);
  std::ranges::for_each(deployments, add);
  return {names.begin(), names.end()};
}

Inventory Inventory::of_site(const SiteName& site) const {
  const auto there = [&](const auto& object) { return object.name_space == site.name_space; };
  Inventory found{{}, {}, {}, refused};
  std::ranges::copy_if(pods, std::back_inserter(found.pods), there);
  std::ranges::copy_if(deployments, std::back_inserter(found.deployments), there);
  std::ranges::copy_if(autoscalers, std::back_inserter(found.autoscalers), there);
  return found.of_release(site.release);
}

std::vector<const Deployment*> Inventory::workers() const {
  std::vector<const Deployment*> some;
  for (const Deployment& deployment : deployments) {
    if (deployment.component == kWorker) some.push_back(&deployment);
  }
  return some;
}

const Autoscaler* Inventory::autoscaler_of(const Deployment& deployment) const {
  const auto found = std::ranges::find_if(autoscalers, [&](const Autoscaler& scaler) {
    return scaler.kind == "Deployment" && scaler.target == deployment.name &&
           scaler.name_space == deployment.name_space;
  });
  return found == autoscalers.end() ? nullptr : &*found;
}

Inventory read_inventory(std::string_view json) {
  const ForeignJson list = parse_foreign<ForeignJson>(json);
  if (!list.is_object() || !foreign::at(list, {"items"}).is_array()) {
    throw Error(ErrorCode::kubectl_failed, "kubectl get did not print a list of objects",
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

Inventory take_inventory(Kubectl& kubectl, const Search& search, const char* kinds) {
  const bool everywhere = search.name_space.empty();
  std::vector<std::string> words{"get", kinds, "--selector", search.selector, "--output", "json"};
  if (everywhere) words.emplace_back("--all-namespaces");
  const Finished got = kubectl.run(words);
  // Where some kind may not be listed, kubectl prints the others all the same and then fails.
  const auto refused = refused_kinds(got.error_text);
  const bool pods_listed = !refused.empty() && std::ranges::find(refused, "pods") == refused.end();
  if (!got.status.ok() && (got.output.empty() || !pods_listed)) {
    throw kubectl_error(
        got, "list authentik's pods in " + (everywhere ? "all namespaces" : "namespace " + search.name_space));
  }
  Inventory inventory = read_inventory(got.output);
  inventory.refused = refused;
  return inventory;
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  struct Suffix {
    std::string_view word;
    double factor;
  };
  static constexpr Suffix kSuffixes[] = {
      {"", 1},     {"m", 1e-3},    {"k", 1e3},        {"M", 1e6},           {"G", 1e9},
      {"T", 1e12}, {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0}};
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789."));
  const std::string_view rest = text.substr(digits.size());
  if (digits.empty() || digits.front() == '.') return std::nullopt;
  const double value = std::strtod(std::string(digits).c_str(), nullptr);
  const auto* suffix = std::ranges::find(kSuffixes, rest, &Suffix::word);
  constexpr double kMost = 9e18;
  if (suffix == std::end(kSuffixes) || value * suffix->factor > kMost) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(value * suffix->factor));
}

}  // namespace akqueue
