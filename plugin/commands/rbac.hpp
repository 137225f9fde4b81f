// kubectl akqueue rbac
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_rbac(const Invocation& invocation);

}  // namespace akqueue
