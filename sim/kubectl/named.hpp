// The objects that a command names (`TYPE NAME…` or `TYPE/NAME…`), and changing one as the API server does.
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

/// `names` is empty if nothing follows the type: then all are meant, or those of a selector.
struct NamedObjects {
  const Resource* resource = nullptr;  ///< of the first word
  std::vector<Named> named;
};
NamedObjects named_objects(const std::vector<std::string>& words);

/// Reads an object, applies `change` to it, lets the controllers act on it and writes the result, all in one
/// transaction of the world. False if nothing changed. Fails with NotFound.
using ChangeObject = std::function<ClusterObject(const ClusterObject& before)>;
bool change(Client& client, const Named& one, const ChangeObject& change_one);

}  // namespace akqueue::sim
