// What every command that deletes tasks does: preview, question, deed, summary. The three use one selection, so what was
// shown is what goes.
#pragma once

#include <string>

#include "commands/keeping.hpp"
#include "queue/choice.hpp"
#include "queue/deletion.hpp"
#include "queue/schedules.hpp"

namespace akqueue {

struct Deleting {
  TaskChoice choice;
  /// The queue that was asked for by name, if one was: the filter may hold its twins as well.
  std::string queue = {};
  /// Not empty: the whole queue of this name goes, history included, and its name must be typed.
  std::string whole_queue = {};
};

/// What was shown before the question.
struct Preview {
  Selection selection;
  Survey survey;
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

/// Runs the whole of it on an entered site. Returns the exit status.
int delete_with_questions(const Invocation& invocation, const Site& site, const Deleting& deleting);

}  // namespace akqueue
