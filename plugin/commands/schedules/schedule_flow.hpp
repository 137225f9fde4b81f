// What every verb that changes schedules does: preview, question, deed, summary.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "commands/shared/keep_request.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "queue/change/schedule_change.hpp"

namespace akqueue::commands {

struct ScheduleRequest {
  SiteRequest site = {};
  std::vector<std::string> named = {};  ///< as they were written
  bool all = false;
  queue::ScheduleWays ways = {};  ///< without keeps_pauses, which the site says
  bool dry_run = false;
  bool ask = true;
  KeepRequest keep = {};
  OutputFormat output = OutputFormat::table;
};

/// The arguments, and what every such verb takes. Throws Error (usage) where no schedule is named.
ScheduleRequest read_schedule_request(const cli::Invocation& invocation, queue::ScheduleWays ways);

/// The whole of it. Returns the exit status.
int change_schedules_with_questions(const cli::Environment& environment, const ScheduleRequest& request);

/// `--all`, of the verbs that may change every schedule at once.
inline constexpr Option kAllSchedules{"all", 0, "", "all schedules"};
inline constexpr const char* kScheduleChangeOutputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=";

}  // namespace akqueue::commands
