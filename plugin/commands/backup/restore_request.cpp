#include "commands/backup/restore_request.hpp"

#include "commands/shared/filter_options.hpp"
#include "commands/shared/sessions_beside.hpp"

namespace akqueue::commands {

RestoreRequest read_restore_request(const Options& options, const cli::Command& command) {
  return {.site = read_site_request(options, command.effect),
          .choice = read_choice(options, {.ids = false, .limit = false}),
          .as_rejected = options.has("as-rejected"),
          .with_running = options.has("include-running"),
          .drop_columns = options.has("drop-columns"),
          .other_site = options.has("other-site"),
          .dry_run = options.has("dry-run"),
          .ask = !options.has("yes"),
          .jobs = read_jobs(options).value_or(1),
          .keep = read_keep_request(options, command),
          .output = read_output(options)};
}

std::vector<Option> restore_options() {
  std::vector<Option> options = restoring_options();
  options.push_back({"other-site", 0, "", "with --yes: even though the backup was taken from another database"});
  return options;
}

std::vector<Option> restoring_options() {
  std::vector<Option> options{
      {"as-rejected", 0, "", "bring unfinished tasks back as rejected: no worker runs them until they are retried"},
      {"include-running", 0, "",
       "bring back what was running when it was deleted as well: it ended or runs still, and would run again"},
      {"drop-columns", 0, "", "leave out what is in columns that this site's tables lack"},
      {"jobs", 0, "N", "sessions that restore side by side, 1 to 4"}};
  // What asks the site's log or counts by age in the table means nothing for rows in a file.
  for (const Option& option : queue::choosing_options(
           {"log", "log-level", "held", "orphaned", "holder", "keep-newest", "limit", "expired", "filename"}))
    options.push_back(option);
  return options;
}

}  // namespace akqueue::commands
