// From a command line to an exit status.
#pragma once

#include <string>
#include <vector>

#include "akqueue/error.hpp"
#include "cli/command.hpp"

namespace akqueue {

/// Runs `args` (without the program's name). Never throws: what goes wrong is printed on standard error as
/// `error: …`, with `hint: …` where there is a next step, and becomes the exit status of its kind.
int run(const std::vector<std::string>& args, World& world);

}  // namespace akqueue
