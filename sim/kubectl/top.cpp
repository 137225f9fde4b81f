// `kubectl top pods`.
#include <algorithm>
#include <ostream>

#include "akqueue/quantity.hpp"
#include "kubectl/commands.hpp"
#include "kubectl/metrics.hpp"
#include "kubectl/tables.hpp"

namespace akqueue::sim {
namespace {

std::int64_t milli_of(const ClusterObject& usage, const char* what) {
  const auto parsed = Quantity::parse(usage.at(what).get<std::string>());
  return parsed ? parsed->milli : 0;
}

std::vector<std::string> row_of(const ClusterObject& usages, const std::string& name) {
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  for (const ClusterObject& container : usages) {
    cpu += milli_of(container.at("usage"), "cpu");
    memory += milli_of(container.at("usage"), "memory");
  }
  return {name, std::to_string(cpu) + "m", std::to_string(memory / 1000 / (1 << 20)) + "Mi"};
}

}  // namespace

const std::vector<Flag>& top_flags() {
  static const std::vector<Flag> flags{
      {"selector", 'l'}, {"all-namespaces", 'A', false}, {"containers", 0, false}, {"no-headers", 0, false}};
  return flags;
}

int run_top_pods(World& world, const Arguments& arguments, const Streams& streams) {
  Client client(world, arguments);
  if (world.fact("metrics") != "1") throw Failure("error: Metrics API not available");
  const bool all = arguments.set("all-namespaces");
  const bool each = arguments.set("containers");
  std::vector<std::vector<std::string>> rows;
  for (const ClusterObject& pod : pod_metrics(client, all ? "" : client.name_space(), arguments.value("selector"))) {
    const std::string name = name_of(pod);
    if (!arguments.words.empty() && arguments.words.front() != name) continue;
    const auto add = [&](std::vector<std::string> row, const std::string& first) {
      if (each) row.insert(row.begin(), first);
      if (all) row.insert(row.begin(), pod.at("metadata").at("namespace"));
      rows.push_back(std::move(row));
    };
    if (!each) add(row_of(pod.at("containers"), name), name);
    for (const ClusterObject& container : each ? pod.at("containers") : ClusterObject::array())
      add(row_of(ClusterObject::array({container}), container.at("name")), name);
  }
  if (rows.empty() && !arguments.words.empty())
    throw Failure("Error from server (NotFound): podmetrics.metrics.k8s.io \"" + client.name_space() + "/" +
                  arguments.words.front() + "\" not found");
  if (rows.empty()) {
    streams.err << "No resources found" << (all ? "" : " in " + client.name_space() + " namespace.") << '\n';
    return 0;
  }
  if (!arguments.set("no-headers")) {
    std::vector<std::string> heading{"NAME", "CPU(cores)", "MEMORY(bytes)"};
    if (each) heading = {"POD", "NAME", "CPU(cores)", "MEMORY(bytes)"};
    if (all) heading.insert(heading.begin(), "NAMESPACE");
    rows.insert(rows.begin(), heading);
  }
  print_table(streams.out, rows);
  return 0;
}

}  // namespace akqueue::sim
