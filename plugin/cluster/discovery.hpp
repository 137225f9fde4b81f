// The pod that a session may enter: a server, not terminating, a Ready one where there is one. Never a worker, unless
// somebody allows it: a flooded queue exhausts the workers' memory.
#pragma once

#include <string>

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

struct Target {
  std::string pod;
  std::string container;
  std::string instance;
  std::string note = {};  ///< what a person should know about the choice; empty: nothing
};

/// The pod to enter: of the Ready servers the one that has run longest; where none is Ready, of those whose server
/// container runs. With Search::pod that one, whether Ready, terminating or not, if its server container runs. Throws
/// Error (no_server_pod) with every server pod's condition, or with the reason why the requested pod is refused, and
/// with the options that say what is a server.
Target choose_server(const Inventory& inventory, const Search& search);

/// The Error for an empty inventory: the namespace does not exist, or has no authentik in it. Asks kubectl which.
Error nothing_found(Kubectl& kubectl, const Search& search);

}  // namespace akqueue::cluster
