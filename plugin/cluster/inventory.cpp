#include "cluster/inventory.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "akqueue/json_depth.hpp"
#include "cluster/foreign_json.hpp"

namespace akqueue {
namespace {

using foreign::at;
using foreign::Json;
using foreign::number;
using foreign::text;

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

/// The last end that is told: of the container that is down, or of the one before it.
std::optional<Termination> end_of(const Json& container_status) {
  for (const std::string_view state : {"state", "lastState"}) {
    const Json& ended = at(container_status, {state, "terminated"});
    if (ended.is_object()) return Termination{text(ended, {"reason"}), number(ended, {"exitCode"}), parse_timestamp(text(ended, {"finishedAt"}))};
  }
  return std::nullopt;
}

/// Of several containers the one that is authentik's; else the first.
const Json& main_container(const Json& containers, const std::string& component) {
  static const Json none;
  if (!containers.is_array() || containers.empty()) return none;
  for (const Json& container : containers) {
    if (text(container, {"name"}) == component) return container;
  }
  return containers.front();
}

Pod read_pod(const Json& item) {
  Pod pod;
  pod.name = text(item, {"metadata", "name"});
  pod.name_space = text(item, {"metadata", "namespace"});
  pod.labels = foreign::texts(item, {"metadata", "labels"});
  pod.component = text(item, {"metadata", "labels", label::kComponent});
  pod.instance = text(item, {"metadata", "labels", label::kInstance});
  pod.phase = text(item, {"status", "phase"});
  pod.ip = text(item, {"status", "podIP"});
  pod.ready = is_ready(item);
  pod.terminating = !at(item, {"metadata", "deletionTimestamp"}).is_null();
  pod.to_be_gone = parse_timestamp(text(item, {"metadata", "deletionTimestamp"}));
  pod.started = parse_timestamp(text(item, {"status", "startTime"}));
  const Json& containers = at(item, {"spec", "containers"});
  for (const Json& container : containers) pod.containers.push_back(text(container, {"name"}));
  pod.memory_limit = parse_quantity(text(main_container(containers, pod.component), {"resources", "limits", "memory"}));
  const std::string main = text(main_container(containers, pod.component), {"name"});
  for (const Json& status : at(item, {"status", "containerStatuses"})) {
    pod.restarts += number(status, {"restartCount"});
    if (pod.trouble.empty()) pod.trouble = trouble_of(status);
    if (text(status, {"name"}) == main) pod.last_end = end_of(status);
  }
  return pod;
}

std::string elsewhere(const Json& source) {
  const std::string config_map = text(source, {"configMapKeyRef", "name"});
  const std::string secret = text(source, {"secretKeyRef", "name"});
  if (!config_map.empty()) return "configmap/" + config_map;
  return secret.empty() ? "a field of the pod" : "secret/" + secret;
}

void read_environment(const Json& container, Deployment& deployment) {
  for (const Json& variable : at(container, {"env"})) {
    const std::string name = text(variable, {"name"});
    if (at(variable, {"value"}).is_string()) deployment.environment[name] = text(variable, {"value"});
    if (at(variable, {"valueFrom"}).is_object()) deployment.environment_elsewhere[name] = elsewhere(at(variable, {"valueFrom"}));
  }
  for (const Json& source : at(container, {"envFrom"})) {
    for (const std::string_view kind : {"secretRef", "configMapRef"}) {
      const std::string name = text(source, {kind, "name"});
      if (!name.empty()) deployment.environment_from.push_back(name);
    }
  }
}

Deployment read_deployment(const Json& item) {
  Deployment deployment;
  deployment.name = text(item, {"metadata", "name"});
  deployment.name_space = text(item, {"metadata", "namespace"});
  deployment.labels = foreign::texts(item, {"metadata", "labels"});
  deployment.annotations = foreign::texts(item, {"metadata", "annotations"});
  deployment.match_labels = foreign::texts(item, {"spec", "selector", "matchLabels"});
  deployment.component = text(item, {"metadata", "labels", label::kComponent});
  deployment.instance = text(item, {"metadata", "labels", label::kInstance});
  deployment.replicas = number(item, {"spec", "replicas"});
  deployment.ready = number(item, {"status", "readyReplicas"});
  deployment.generation_seen = number(item, {"status", "observedGeneration"}) >= number(item, {"metadata", "generation"});
  read_environment(main_container(at(item, {"spec", "template", "spec", "containers"}), deployment.component), deployment);
  return deployment;
}

Autoscaler read_autoscaler(const Json& item) {
  Autoscaler scaler;
  scaler.name = text(item, {"metadata", "name"});
  scaler.name_space = text(item, {"metadata", "namespace"});
  scaler.kind = text(item, {"spec", "scaleTargetRef", "kind"});
  scaler.target = text(item, {"spec", "scaleTargetRef", "name"});
  if (at(item, {"spec", "minReplicas"}).is_number()) scaler.least = number(item, {"spec", "minReplicas"});
  scaler.most = number(item, {"spec", "maxReplicas"});
  scaler.current = number(item, {"status", "currentReplicas"});
  scaler.desired = number(item, {"status", "desiredReplicas"});
  scaler.scaled_object = text(item, {"metadata", "labels", "scaledobject.keda.sh/name"});
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
    if (object.component == kServer || object.component == kWorker || object.component.empty()) names.insert({object.name_space, object.instance});
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
    return scaler.kind == "Deployment" && scaler.target == deployment.name && scaler.name_space == deployment.name_space;
  });
  return found == autoscalers.end() ? nullptr : &*found;
}

Inventory read_inventory(std::string_view json) {
  const Json list = parse_foreign<Json>(json);
  if (!list.is_object() || !at(list, {"items"}).is_array()) {
    throw Error(ErrorCode::kubectl_failed, "kubectl get did not print a list of objects",
                "is `kubectl` on PATH really kubectl? kubectl version --client should say so");
  }
  Inventory inventory;
  for (const Json& item : at(list, {"items"})) {
    const std::string kind = text(item, {"kind"});
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
    throw kubectl_error(got, "list authentik's pods in " + (everywhere ? "all namespaces" : "namespace " + search.name_space));
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
  static constexpr Suffix kSuffixes[] = {{"", 1},       {"m", 1e-3},    {"k", 1e3},           {"M", 1e6},          {"G", 1e9},
                                         {"T", 1e12},   {"Ki", 1024.0}, {"Mi", 1048576.0},    {"Gi", 1073741824.0}, {"Ti", 1099511627776.0}};
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
