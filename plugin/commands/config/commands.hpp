// What is kept of sites, so that nobody types it twice: config. Each row stands beside the function that runs it.
#pragma once

#include "cli/command.hpp"
#include "cluster/kept_sites.hpp"
#include "commands/shared/output.hpp"

namespace akqueue::commands {

cli::Command config_command();

cli::Command config_show_verb();
cli::Command config_set_verb();
cli::Command config_unset_verb();

/// `config -o json`: the file and what is in it.
Json document_of_config(const cli::Environment& environment, const cluster::KeptSites& kept);

}  // namespace akqueue::commands
