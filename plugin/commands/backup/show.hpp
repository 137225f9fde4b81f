// `backups show`: what is in a backup, without a site.
#pragma once

#include <string>

#include "commands/shared/site.hpp"

namespace akqueue {

/// The tasks of the file at `path` as a table or names, or all rows of them as lines of JSON. Returns the exit status.
int show_backup(const Invocation& invocation, const std::string& path);

}  // namespace akqueue
