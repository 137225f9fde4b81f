// kubectl akqueue flush
#pragma once

#include "commands/delete/request.hpp"

namespace akqueue::commands {

/// What `flush ARGUMENTS` with these options means. Throws Error (usage).
DeletionRequest flush_orders(const Options& options, const std::vector<std::string>& arguments);

}  // namespace akqueue::commands
