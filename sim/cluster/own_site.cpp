#include "cluster/own_site.hpp"

#include "world/store.hpp"

namespace akqueue::sim {
namespace {

constexpr const char* kPrefix = "akqueue-sim/";

}  // namespace

bool of_own_site(World& world, const ClusterObject& object) {
  return namespace_of(object) == world.fact("namespace") && chart_label(object, "instance") == world.fact("instance");
}

Json chart_annotations(const std::string& component, const std::string& instance, const std::string& version) {
  const std::string prefix = kPrefix;
  return {{prefix + "component", component}, {prefix + "instance", instance}, {prefix + "version", version}};
}

std::string chart_label(const ForeignJson& object, const std::string& name) {
  const ForeignJson& metadata = object.at("metadata");
  for (const auto& [where, key] :
       {std::pair("annotations", kPrefix + name), std::pair("labels", "app.kubernetes.io/" + name)}) {
    if (metadata.contains(where) && metadata.at(where).contains(key)) return metadata.at(where).at(key);
  }
  return {};
}

}  // namespace akqueue::sim
