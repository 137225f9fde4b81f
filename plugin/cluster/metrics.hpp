// Memory and processor use of pods, from the cluster's metrics API (metrics.k8s.io), if there is one.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

/// Of one container.
struct Usage {
  std::int64_t memory = 0;     ///< bytes
  std::int64_t cpu_milli = 0;  ///< thousandths of a core
};

struct Metrics {
  std::map<std::string, std::map<std::string, Usage>> pods;  ///< by the pod's name and the container's
  std::string missing;                                       ///< why there are none; empty if there are

  /// Of the pod's main container.
  std::optional<Usage> of(const Pod& pod) const;
};

/// One `kubectl get --raw`, with the selector where the search has one. Does not throw if there are no metrics: the
/// result says why.
Metrics take_metrics(Kubectl& kubectl, const Search& search);

/// Reads a PodMetricsList. Anything that is not understood is passed over.
Metrics read_metrics(std::string_view json);

}  // namespace akqueue::cluster
