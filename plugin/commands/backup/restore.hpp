// kubectl akqueue restore, kubectl akqueue undo
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_restore(const Invocation& invocation);
int run_undo(const Invocation& invocation);

}  // namespace akqueue
