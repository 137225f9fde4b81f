// What restore and undo share: a backup is checked, what it would bring back is shown, asked for, and put back.
#pragma once

#include <string>

#include "commands/keeping.hpp"
#include "queue/choice.hpp"
#include "queue/restore.hpp"

namespace akqueue {

struct Restoring {
  std::string path;
  TaskChoice choice = {};  ///< which of its tasks
  std::string undoes = {};  ///< the history's entry that this takes back
};

/// The whole of it on an entered site. Returns the exit status.
int restore_with_questions(const Invocation& invocation, const Site& site, const Restoring& restoring);

/// The options of restore and undo.
std::vector<Option> restoring_options();

}  // namespace akqueue
