// `kubectl NAME …` for a name that is not a command of kubectl: the program `kubectl-NAME` takes over.
#pragma once

#include <string>
#include <vector>

namespace akqueue::sim {

/// Becomes `kubectl-NAME` with the arguments after the name, and AKQUEUE_SIM set to `world`. Looks for it on PATH and
/// next to this program. Returns only if there is none.
void become_plugin(const std::string& name, const std::vector<std::string>& args, const std::string& world);

/// The path of the running program; empty if it can't be determined.
std::string own_path();

}  // namespace akqueue::sim
