// The stand-in for kubectl: its arguments, outputs, error texts and exit codes, for what the plugin uses, on a world
// instead of a cluster. It fails as kubectl does for the rest.
#pragma once

#include <string>
#include <vector>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// Runs `kubectl ARGS` on the world in the file `world`, and returns its exit status. Texts of Failure go to the error
/// stream; Error (system) is thrown when the world can't be opened.
int run_kubectl(const std::string& world, const std::vector<std::string>& args, const Streams& streams);

}  // namespace akqueue::sim
