// What every command that deletes tasks does: preview, question, deed, summary. The three use one selection, so what
// was shown is what goes.
#pragma once

#include <string>

#include "akqueue/json.hpp"
#include "commands/delete/request.hpp"
#include "commands/delete/stop_source.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/deletion.hpp"
#include "queue/change/duplicates.hpp"
#include "queue/measure/dependent_counts.hpp"
#include "queue/schedules.hpp"

namespace akqueue::commands {

/// What was shown before the question.
struct Preview {
  queue::Selection selection;
  queue::SelectionCounts counts;  ///< all that the conditions choose
  queue::SelectionCounts going;   ///< of these, what goes: workers may have others in hand
  queue::DependentCounts dependents;
  std::optional<queue::Duplicates> duplicates = {};  ///< how they were found, where they were asked for; without ids
  /// Some tasks are locked, and no worker has given a sign of life: it is not a worker that has them in hand.
  bool nobody_lives = false;
  /// The workers end before the deletion, and put back what they had taken and not begun.
  bool workers_end = false;
  /// Schedules of the actors that go, not paused: these tasks come back.
  std::vector<queue::Schedule> schedules;
  std::optional<Sources> sources = {};  ///< with --stop-source
  StoppedSources stopped = {};          ///< what was paused, before the deletion
  /// A few of the rows, for --dry-run: id, actor, state, mtime.
  struct Sample {
    std::string id;
    std::string actor;
    std::string state;
    std::optional<Timestamp> changed;
  };
  std::vector<Sample> samples;
  BackupPlan backup;
  backup::HistoryEntry entry;
};

/// Everything up to the question: what goes, and where its backup goes. Refuses what can't be handled.
/// Throws Error (refused, usage, unsupported, system).
Preview prepare_deletion(const cli::Environment& environment, const Site& site, const DeletionRequest& deleting);

/// Shows it, with `more` below, and asks. Throws Error (declined, refused, interrupted).
void ask_to_delete(const cli::Environment& environment, const Site& site, const DeletionRequest& deleting,
                   const Preview& preview, const ui::Text& more = {});

/// What became of it.
struct Deleted {
  queue::DeletionResult result;
  ui::Text text;  ///< the summary
  int exit_status = 0;
};

/// Deletes what was previewed and keeps it. Adds `result` to the document.
Deleted delete_previewed(const cli::Environment& environment, const Cluster& cluster, const Site& site,
                         const DeletionRequest& deleting, const Preview& preview, Json& document);

/// Prints the summary, what comes after it, and what ended it early, and follows the queue where that was asked for.
void report_deletion(const cli::Environment& environment, Cluster& cluster, const Site& site,
                     const DeletionRequest& deleting, const Preview& preview, const Deleted& deleted, Json& document);

/// The whole of it. Returns the exit status.
int delete_with_questions(const cli::Environment& environment, const DeletionRequest& deleting);

}  // namespace akqueue::commands
