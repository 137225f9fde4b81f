// What every command that changes tasks does: preview, question, deed, summary. The preview and the deed judge tasks by
// one expression, over one selection, so that what was shown is what is changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/repair/change_request.hpp"
#include "commands/repair/error_choice.hpp"
#include "commands/repair/orphans.hpp"
#include "commands/shared/recorder.hpp"
#include "queue/change/change.hpp"

namespace akqueue::commands {

/// What was shown before the question.
struct ChangePreview {
  queue::TaskFilter filter;    ///< what was asked for
  queue::Selection selection;  ///< of that, what failed in the ways that were chosen
  queue::ChangeWays ways;
  queue::Verdicts verdicts;
  ErrorChoice errors;                  ///< where they were asked for
  std::optional<OrphanFacts> orphans;  ///< where the change is about orphaned tasks
  std::vector<Uuid> along = {};        ///< tasks that were rejected with these, and come along if that is wanted
  bool workers_gone = false;           ///< Database::workers_gone, for the deed as well
  bool somebody_works = false;         ///< a worker lives: what is put back will be taken
  std::string failed_with = {};        ///< the ways that were chosen: `, failed with 'no user' or 'timeout'`
  std::string what;                    ///< both in words
  BackupPlan record;
  backup::HistoryEntry entry;
};

/// The whole of it. Returns the exit status.
int change_with_questions(const cli::Environment& environment, const ChangeRequest& request);

}  // namespace akqueue::commands
