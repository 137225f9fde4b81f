// `watch`: where the queue is going, look by look.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace akqueue {

/// The conditions of --until and --until-empty.
std::vector<std::string> untils_of(const Options& options);
/// The whole terminal, where there is one and it is wanted; else null.
std::unique_ptr<FullScreen> screen_for(const Invocation& invocation);

}  // namespace akqueue
