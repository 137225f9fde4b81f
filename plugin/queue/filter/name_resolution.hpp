// The names in a site's tables, and which of them a person's shorthand means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "queue/measure/selection_counts.hpp"

namespace akqueue::queue {

/// Of tasks and of schedules. One scan of the task table. In a transaction.
std::vector<std::string> read_actors(const session::Database& database);

/// Throws Error (usage), suggesting the nearest name, for a state that no release and no task has. A queue without
/// tasks is none: what to say of it, with the nearest name. Reads only the index. In a transaction.
std::vector<std::string> check_states_and_queues(const session::Database& database,
                                                 const std::vector<std::string>& states,
                                                 const std::vector<std::string>& queues);

/// What the person wrote (full names, tails, globs) as full names. Throws Error (usage) for a name that does not exist,
/// suggesting the nearest, and for a tail that several actors have, naming them.
std::vector<std::string> resolve_actors(const std::vector<std::string>& written, const std::vector<std::string>& known);

/// What was written of actors on a site, as full names, and what is to be said of those that nobody knows.
struct ActorsMeant {
  std::vector<std::string> names;
  std::vector<std::string> notes;
};

/// The same on a site, where an actor that has no tasks now is no error: a name that neither `present` nor authentik
/// knows stays as it was written, with a note. Throws Error (usage) for a tail that several actors have.
ActorsMeant actors_meant(const std::vector<std::string>& written, const std::vector<std::string>& present);

/// Throws Error (usage) with the nearest name when one of `written` is not known.
void check_known(std::string_view what, const std::vector<std::string>& written, const std::vector<std::string>& known);

/// `there are a, b, c`, `the only one is a`: a hint after a name that does not exist.
std::string what_there_is(const std::vector<std::string>& names);

/// `a, b, c`; of many the first eight, and `…`.
std::string some_names(const std::vector<std::string>& names);

}  // namespace akqueue::queue
