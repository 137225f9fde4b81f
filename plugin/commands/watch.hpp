// `watch`: where the queue is going, look by look.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

int run_watch(const Invocation& invocation);

}  // namespace akqueue
