// What restore and undo were asked for.
#pragma once

#include <vector>

#include "commands/shared/keep_request.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue::commands {

/// What restore and undo take beside the file.
struct RestoreRequest {
  SiteRequest site = {};
  queue::TaskChoice choice = {};  ///< which of its tasks
  bool as_rejected = false;       ///< unfinished tasks
  bool with_running = false;      ///< those too that were running when they were deleted
  bool drop_columns = false;      ///< that this site's tables lack
  bool other_site = false;        ///< even from another database, where nobody is asked
  bool dry_run = false;
  bool ask = true;
  int jobs = 1;  ///< sessions that restore side by side
  KeepRequest keep = {};
  OutputFormat output = OutputFormat::table;
};

/// Throws Error (usage).
RestoreRequest read_restore_request(const Options& options, const cli::Command& command);

/// The options of restore and undo, and what restore alone has.
std::vector<Option> restoring_options();
std::vector<Option> restore_options();

}  // namespace akqueue::commands
