// kubectl akqueue delete
#pragma once

#include "commands/delete/deletion_flow.hpp"

namespace akqueue {

/// What `delete IDS` with these options means. Throws Error (usage).
DeletionRequest delete_orders(const Options& options, const std::vector<std::string>& ids);

int run_delete(const Invocation& invocation);

}  // namespace akqueue
