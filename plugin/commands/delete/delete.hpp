// kubectl akqueue delete
#pragma once

#include "commands/delete/request.hpp"

namespace akqueue::commands {

/// What `delete IDS` with these options means. Throws Error (usage).
DeletionRequest delete_orders(const Options& options, const std::vector<std::string>& ids);

}  // namespace akqueue::commands
