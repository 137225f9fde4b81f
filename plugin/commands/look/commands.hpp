// What only looks: status, top, list, show, schema, workers, settings. Each row stands beside the function that runs
// it.
#pragma once

#include "cli/command.hpp"

namespace akqueue::commands {

cli::Command status_command();
cli::Command top_command();
cli::Command list_command();
cli::Command show_command();
cli::Command schema_command();
cli::Command workers_command();
cli::Command settings_command();

}  // namespace akqueue::commands
