// The stand-in for kubectl, on a world instead of a cluster: for what the plugin uses, it has kubectl's arguments,
// outputs, error texts and exit codes. For the rest it fails as kubectl does.
#pragma once

#include <string>
#include <vector>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// Runs `kubectl ARGS` on the world in the file `world`, and returns its exit status. The text of a Failure goes to the
/// error stream. Throws Error (system) if the world can't be opened.
int run_kubectl(const std::string& world, const std::vector<std::string>& args, const Streams& streams);

}  // namespace akqueue::sim
