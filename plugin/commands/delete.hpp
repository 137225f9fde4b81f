// kubectl akqueue delete
#pragma once

#include "commands/deleting.hpp"

namespace akqueue {

/// What `delete IDS` with these options means. Throws Error (usage).
Deleting delete_orders(const Options& options, const std::vector<std::string>& ids);

int run_delete(const Invocation& invocation);

}  // namespace akqueue
