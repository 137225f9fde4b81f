#include "kubectl/metrics.hpp"

#include <charconv>

#include "akqueue/json.hpp"
#include "akqueue/quantity.hpp"
#include "cluster/pod_behaviour.hpp"
#include "cluster/pods.hpp"
#include "kubectl/selector.hpp"

namespace akqueue::sim {
namespace {

constexpr Resource kPodMetrics{"pods", "pod", "", "metrics.k8s.io", "PodMetrics"};
constexpr std::string_view kMetrics = "/apis/metrics.k8s.io/v1beta1";
constexpr const char* kUsualCpu = "25m";

std::string deployment_of(World& world, const Json& pod) {
  const auto set = world.store().find_key("ReplicaSet", owner_key_of(pod));
  return set ? owner_key_of(*set) : std::string();
}

/// What was set for the deployment; else half of the limit, or nearly all of it if it was last killed for lack of
/// memory.
std::string memory_of(const Json& pod, const Behaviour& behaviour) {
  if (!behaviour.memory.empty()) return behaviour.memory;
  const Json& status = pod.at("status").at("containerStatuses").front();
  const Json::json_pointer limit("/resources/limits/memory");
  const Json& container = pod.at("spec").at("containers").front();
  const std::int64_t bytes = container.contains(limit)
                                 ? Quantity::parse(container.at(limit).get<std::string>()).value_or(Quantity{}).whole()
                                 : 0;
  const Json::json_pointer reason("/lastState/terminated/reason");
  const bool short_of_it = status.contains(reason) && status.at(reason) == "OOMKilled";
  const std::int64_t whole = bytes > 0 ? bytes : std::int64_t{1} << 30;
  return std::to_string((short_of_it ? whole / 100 * 97 : whole / 2) / 1024) + "Ki";
}

/// `a=b&c=d`, with the %-signs resolved.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
    std::string value;
    for (std::size_t i = equals + 1; i < pair.size(); ++i) {
      unsigned char code = 0;
      if (pair[i] == '%' && i + 2 < pair.size() &&
          std::from_chars(&pair[i + 1], &pair[i + 1] + 2, code, 16).ec == std::errc()) {
        value += static_cast<char>(code);
        i += 2;
      } else {
        value += pair[i] == '+' ? ' ' : pair[i];
      }
    }
    return value;
  }
  return {};
}

[[noreturn]] void not_found() {
  throw Failure("Error from server (NotFound): the server could not find the requested resource");
}

}  // namespace

std::vector<ClusterObject> pod_metrics(Client& client, const std::string& name_space, const std::string& selector) {
  World& world = client.world();
  if (world.fact("metrics") != "1") not_found();
  // The permission to list core pods is a different one.
  if (!client.may("list", kPodMetrics.full_name())) {
    throw Failure("Error from server (Forbidden): " + kPodMetrics.full_name() + " is forbidden: User \"" +
                  client.user() + "\" cannot list resource \"pods\" in API group \"" + std::string(kPodMetrics.group) +
                  "\" " + (name_space.empty() ? "at the cluster scope" : "in the namespace \"" + name_space + "\""));
  }
  const Selector wanted(selector);
  std::vector<Json> found;
  for (const Json& pod : world.objects("Pod", name_space)) {
    const Json labels = pod.at("metadata").value("labels", Json::object());
    if (!wanted.matches(labels) || !is_running(pod)) continue;
    const Behaviour behaviour = read_behaviour(world.database(), deployment_of(world, pod));
    Json containers = Json::array();
    for (const Json& container : pod.at("spec").at("containers")) {
      const bool main = containers.empty();
      containers.push_back({{"name", container.at("name")},
                            {"usage",
                             {{"cpu", main ? (behaviour.cpu.empty() ? kUsualCpu : behaviour.cpu) : "1m"},
                              {"memory", main ? memory_of(pod, behaviour) : "12Mi"}}}});
    }
    const std::string now = seconds_text(world.now());
    found.push_back({{"metadata",
                      {{"name", name_of(pod)},
                       {"namespace", pod.at("metadata").at("namespace")},
                       {"creationTimestamp", now},
                       {"labels", labels}}},
                     {"timestamp", now},
                     {"window", "15s"},
                     {"containers", containers}});
  }
  return found;
}

std::string raw(Client& client, const std::string& path) {
  const auto question = path.find('?');
  std::string_view place = std::string_view(path).substr(0, question);
  const std::string_view query =
      question == std::string::npos ? std::string_view() : std::string_view(path).substr(question + 1);
  if (!place.starts_with(kMetrics)) not_found();
  place.remove_prefix(kMetrics.size());
  std::string name_space;
  constexpr std::string_view kIn = "/namespaces/";
  if (place.starts_with(kIn)) {
    const auto end = place.find('/', kIn.size());
    if (end == std::string_view::npos) not_found();
    name_space = place.substr(kIn.size(), end - kIn.size());
    place.remove_prefix(end);
  }
  if (place != "/pods") not_found();
  Json list{{"kind", "PodMetricsList"},
            {"apiVersion", "metrics.k8s.io/v1beta1"},
            {"metadata", Json::object()},
            {"items", Json::array()}};
  for (Json& one : pod_metrics(client, name_space, parameter(query, "labelSelector")))
    list["items"].push_back(std::move(one));
  return list.dump();
}

}  // namespace akqueue::sim
