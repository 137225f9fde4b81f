// `kubectl NAME …` for a name that is no command of kubectl's: the program `kubectl-NAME` takes its place.
#pragma once

#include <string>
#include <vector>

namespace akqueue::sim {

/// Becomes `kubectl-NAME` with the arguments behind the name, AKQUEUE_SIM set to `world`. It is looked for on PATH and
/// beside this program. Returns only when there is none.
void become_plugin(const std::string& name, const std::vector<std::string>& args, const std::string& world);

/// The path of the running program; empty where it can't be told.
std::string own_path();

}  // namespace akqueue::sim
