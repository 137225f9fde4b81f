// kubectl akqueue schema
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_schema(const Invocation& invocation);

}  // namespace akqueue
