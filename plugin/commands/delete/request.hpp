// What a deletion was asked for, by flush, delete or drain.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "commands/delete/braking.hpp"
#include "commands/shared/keep_request.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "queue/filter/selection.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue::commands {

inline constexpr Option kIncludeRunning{"include-running", 0, "",
                                        "delete what live workers hold as well: they may insert it again"};

inline constexpr Option kWithDependents{"with-dependents", 0, "",
                                        "waiting tasks that depend on these go along, and what waits for them"};
inline constexpr Option kKeepDependencies{"keep-dependencies", 0, "",
                                          "leave alone what waiting tasks outside the selection depend on"};

inline constexpr Option kStopSource{"stop-source", 0, "", "pause first the schedules that would make these again"};
inline constexpr Option kJobs{"jobs", 0, "N", "sessions that delete side by side, 1 to 4"};

struct DeletionRequest {
  SiteRequest site = {};
  queue::TaskChoice choice = {};
  queue::Dependents dependents = queue::Dependents::left;  ///< tasks that wait for what goes
  /// Only what others repeat, but for this one of those that are alike.
  std::optional<queue::KeptDuplicate> duplicates = {};
  /// The queue that was asked for by name, if one was: the filter may hold its twins as well.
  std::string queue = {};
  /// Not empty: the whole queue of this name goes, history included, and its name must be typed.
  std::string whole_queue = {};
  bool stop_source = false;  ///< schedules that would make the same again are paused first
  /// The workers end first, and let go of what they hold.
  bool drains = false;
  bool dry_run = false;
  bool ask = true;
  std::string otherwise = "nothing was deleted";  ///< what is so where the answer is no
  bool include_held = false;                      ///< what live workers hold goes as well
  std::optional<int> jobs = {};                   ///< sessions that delete side by side
  BrakeRequest brakes = {};
  std::chrono::seconds follow{0};
  KeepRequest keep = {};
  OutputFormat output = OutputFormat::table;
};

/// What every deletion takes beside what chooses tasks. Throws Error (usage).
void read_manner(const Options& options, const cli::Command& command, DeletionRequest& request);

/// What --with-dependents and --keep-dependencies say. Throws Error (usage).
queue::Dependents read_dependents(const Options& options);

/// What --duplicates and --keep say. Throws Error (usage).
std::optional<queue::KeptDuplicate> read_duplicates(const Options& options);

/// How long to follow: --follow-for, a minute with --follow or where `always`; nothing else.
std::chrono::seconds follow_time(const Options& options, bool always = false);
/// A command's own options, then those that show afterwards whether the queue refills.
std::vector<Option> with_following(std::vector<Option> own);

}  // namespace akqueue::commands
