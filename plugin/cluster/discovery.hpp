// The pod that a session may enter: a server, Ready, not terminating.
// Never a worker: a worker's memory is what the flooded queue exhausts.
#pragma once

#include <string>

#include "cluster/inventory.hpp"

namespace akqueue {

struct Target {
  std::string pod;
  std::string container;
  std::string instance;
};

/// The pod to enter: among the servers that qualify the one that has run longest. Throws Error (no_server_pod) with
/// every server pod's condition, or why the one that was asked for is refused.
Target choose_server(const Inventory& inventory, const Search& search);

/// The Error for an empty inventory: the namespace is missing, or holds no authentik. Asks kubectl which.
Error nothing_found(Kubectl& kubectl, const Search& search);

}  // namespace akqueue
