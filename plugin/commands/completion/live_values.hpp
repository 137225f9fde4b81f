// Live words for a shell's completion: what a site, a kubeconfig and this machine hold now.
//
// A person waits for it at each press of a key. So it is quick or not at all: one deadline over everything, the two
// kubectl of a looking command at most (and `kubectl config view`, which reads files only, where no namespace is
// typed), short statements over a bounded number of rows in READ ONLY transactions, and what came is kept for half a
// minute. Nothing is printed, asked or thrown.
#pragma once

#include <chrono>

#include "cli/completion.hpp"

namespace akqueue::commands {

/// AKQUEUE_COMPLETION_TIMEOUT, like `3s`, is for slow clusters; `0` looks at nothing but this machine.
inline constexpr std::chrono::milliseconds kCompletionTimeout{1500};

/// What is there now, as complete() asks for it. `environment` must outlive it.
cli::ValueSource live_values_of(cli::Environment& environment);

}  // namespace akqueue::commands
