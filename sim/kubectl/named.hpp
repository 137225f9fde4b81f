// The objects that a command names: `TYPE NAME…` or `TYPE/NAME…`; and one of them changed, as the API server does it.
//
// Errors: Failure with kubectl's own text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// The type of that name. Fails for one that the server does not have.
const Resource& known_resource(const std::string& name);

struct Named {
  const Resource* resource = nullptr;
  std::string name;

  /// `deployment.apps/authentik-worker`
  std::string words() const;
};

/// `names` may be empty where nothing stands behind the type: then all are meant, or those of a selector.
struct NamedObjects {
  const Resource* resource = nullptr;  ///< of the first word
  std::vector<Named> named;
};
NamedObjects named_objects(const std::vector<std::string>& words);

/// Reads an object, lets `change` make another of it, and writes that and what the controllers make of it, all in one
/// transaction of the world's. False where nothing is different. Fails with NotFound.
using ChangeObject = std::function<ClusterObject(const ClusterObject& before)>;
bool change(Client& client, const Named& one, const ChangeObject& change_one);

}  // namespace akqueue::sim
