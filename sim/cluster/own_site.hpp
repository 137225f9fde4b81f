// The Helm release in the world's cluster whose database the world holds, and what an object is of authentik's chart
// where its labels do not say so.
#pragma once

#include "akqueue/json.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Whether `object` belongs to it, by namespace and label.
bool of_own_site(World& world, const ClusterObject& object);

/// What stands on objects that have a site's own labels in place of the chart's, so that the simulator knows them.
Json chart_annotations(const std::string& component, const std::string& instance, const std::string& version);

/// The chart's label `app.kubernetes.io/NAME`, or what stands in for it.
std::string chart_label(const ForeignJson& object, const std::string& name);

}  // namespace akqueue::sim
