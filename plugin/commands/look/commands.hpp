// What only looks: status, top, list, show, schema, workers, settings. Each row stands beside the function that runs
// it.
#pragma once

#include "cli/command.hpp"

namespace akqueue {

Command status_command();
Command top_command();
Command list_command();
Command show_command();
Command schema_command();
Command workers_command();
Command settings_command();

}  // namespace akqueue
