// What pods use of memory and processor, from the cluster's metrics API (metrics.k8s.io), where there is one.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cluster/inventory.hpp"

namespace akqueue {

struct PodUsage {
  std::int64_t memory = 0;     ///< bytes, of the container that is named like the component, else of the first
  std::int64_t cpu_milli = 0;  ///< thousandths of a core, of the same
};

struct Metrics {
  std::map<std::string, PodUsage> pods;  ///< by name
  std::string missing;                   ///< why there are none; empty where there are
};

/// One `kubectl get --raw` under the selector. Never throws for want of metrics: the result says why there are none.
Metrics take_metrics(Kubectl& kubectl, const Search& search);

/// Reads a PodMetricsList. What makes no sense is passed over.
Metrics read_metrics(std::string_view json);

}  // namespace akqueue
