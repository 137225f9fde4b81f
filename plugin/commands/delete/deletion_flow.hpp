// What every command that deletes tasks does: preview, question, deed, summary. The three use one selection, so what
// was shown is what goes.
#pragma once

#include <chrono>
#include <string>

#include "akqueue/json.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/deletion.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/schedules.hpp"

namespace akqueue {

inline constexpr Option kIncludeRunning{"include-running", 0, "",
                                        "delete what live workers hold as well: they may insert it again"};

struct DeletionRequest {
  TaskChoice choice;
  /// The queue that was asked for by name, if one was: the filter may hold its twins as well.
  std::string queue = {};
  /// Not empty: the whole queue of this name goes, history included, and its name must be typed.
  std::string whole_queue = {};
  /// The workers end first, and let go of what they hold.
  bool drains = false;
  bool dry_run = false;
  bool ask = true;
  std::string otherwise = "nothing was deleted";  ///< what is so where the answer is no
  bool include_held = false;                      ///< what live workers hold goes as well
  std::chrono::seconds follow{0};
  KeepRequest keep = {};
};

/// What every deletion takes beside what chooses tasks. Throws Error (usage).
void read_manner(const Options& options, DeletionRequest& request);

/// What was shown before the question.
struct Preview {
  Selection selection;
  SelectionCounts survey;
  /// Schedules of the actors that go, not paused: these tasks come back.
  std::vector<Schedule> schedules;
  /// A few of the rows, for --dry-run: id, actor, state, mtime.
  struct Sample {
    std::string id;
    std::string actor;
    std::string state;
    std::optional<Timestamp> changed;
  };
  std::vector<Sample> samples;
  BackupPlan backup;
  HistoryEntry entry;
};

/// Everything up to the question: what goes, and where its backup goes. Refuses what can't be handled.
/// Throws Error (refused, usage, unsupported, system).
Preview prepare_deletion(const Invocation& invocation, const Site& site, const DeletionRequest& deleting);

/// Shows it, with `more` below, and asks. Throws Error (declined, refused, interrupted).
void ask_to_delete(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                   const Preview& preview, const std::string& more = {});

/// What became of it.
struct Deleted {
  DeletionResult result;
  std::string text;  ///< the summary
  int exit_status = 0;
};

/// Deletes what was previewed and keeps it. Adds `result` to the document.
Deleted delete_previewed(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                         const Preview& preview, Json& document);

/// Prints the summary, what comes after it, and what ended it early, and follows the queue where that was asked for.
void report_deletion(const Invocation& invocation, Cluster& cluster, const Site& site, const DeletionRequest& deleting,
                     const Preview& preview, const Deleted& deleted, Json& document);

/// The whole of it. Returns the exit status.
int delete_with_questions(const Invocation& invocation, const DeletionRequest& deleting);

}  // namespace akqueue
