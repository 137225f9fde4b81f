// A drain from the look around to the exit status: plan, preview, question, deed.
#pragma once

#include "commands/drain/request.hpp"

namespace akqueue::commands {

/// The whole of it, begun or resumed. Returns the exit status.
int drain_with_questions(const cli::Environment& environment, const DrainRequest& request);

}  // namespace akqueue::commands
