#include "cluster/metrics.hpp"

#include "akqueue/json_depth.hpp"
#include "cluster/foreign_json.hpp"

namespace akqueue::cluster {
namespace {

/// For the query of a URL.
std::string url_escaped(std::string_view words) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url;
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    if (plain) url += c;
    else url.append(1, '%').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return url;
}

Usage usage_of(const ForeignJson& container) {
  constexpr std::int64_t kNano = 1'000'000;  // nanocores in a thousandth of a core
  Usage usage;
  usage.memory = parse_quantity(foreign::text(container, {"usage", "memory"})).value_or(0);
  const std::string cpu = foreign::text(container, {"usage", "cpu"});
  if (cpu.ends_with('n')) usage.cpu_milli = parse_quantity(cpu.substr(0, cpu.size() - 1)).value_or(0) / kNano;
  else if (cpu.ends_with('u')) usage.cpu_milli = parse_quantity(cpu.substr(0, cpu.size() - 1)).value_or(0) / 1000;
  else if (cpu.ends_with('m')) usage.cpu_milli = parse_quantity(cpu.substr(0, cpu.size() - 1)).value_or(0);
  else usage.cpu_milli = parse_quantity(cpu).value_or(0) * 1000;
  return usage;
}

std::string first_line(const std::string& said) { return said.substr(0, said.find('\n')); }

std::string why(const system::Finished& got) {
  if (got.error_text.find("(NotFound)") != std::string::npos) return "the cluster has no metrics API";
  if (got.error_text.find("(Forbidden)") != std::string::npos)
    return "these permissions don't allow listing pods of metrics.k8s.io";
  return first_line(got.error_text);
}

}  // namespace

std::optional<Usage> Metrics::of(const Pod& pod) const {
  const auto containers = pods.find(pod.name);
  if (containers == pods.end()) return std::nullopt;
  const auto main = containers->second.find(pod.main);
  return main == containers->second.end() ? std::nullopt : std::optional(main->second);
}

Metrics read_metrics(std::string_view json) {
  const auto list = parse_foreign<ForeignJson>(json);
  Metrics metrics;
  for (const ForeignJson& pod : foreign::at(list, {"items"})) {
    for (const ForeignJson& container : foreign::at(pod, {"containers"}))
      metrics.pods[foreign::text(pod, {"metadata", "name"})][foreign::text(container, {"name"})] = usage_of(container);
  }
  return metrics;
}

Metrics take_metrics(Kubectl& kubectl, const Search& search) {
  const std::string path = "/apis/metrics.k8s.io/v1beta1/namespaces/" + url_escaped(search.name_space) + "/pods";
  const std::string query = search.by_labels() ? "?labelSelector=" + url_escaped(search.selector) : std::string();
  const system::Finished got = kubectl.run({"get", "--raw", path + query});
  if (!got.status.ok()) return {{}, why(got)};
  Metrics metrics = read_metrics(got.output);
  if (metrics.pods.empty()) metrics.missing = "the metrics API has none of these pods yet";
  return metrics;
}

}  // namespace akqueue::cluster
