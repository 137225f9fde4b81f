// The names that a site's tables hold, and what a person's shorthand means among them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "queue/measure/selection_counts.hpp"

namespace akqueue {

/// Of tasks and of schedules. One scan of the task table. In a transaction.
std::vector<std::string> read_actors(const Database& database);

/// Throws Error (usage) with the nearest name for a state or a queue that no release and no task has. Reads the index
/// only. In a transaction.
void check_states_and_queues(const Database& database, const std::vector<std::string>& states,
                             const std::vector<std::string>& queues);

/// `outpost_send_update`, `tasks.outpost_send_update`: the whole of `name` or its end after a dot.
bool is_tail_of(std::string_view tail, std::string_view name);

/// `*` stands for any characters, `?` for one.
bool matches_glob(std::string_view glob, std::string_view name);

/// What the person wrote (full names, tails, globs) as full names. Throws Error (usage) for what means nothing here,
/// with the nearest name, and for a tail of several actors, with all of them.
std::vector<std::string> resolve_actors(const std::vector<std::string>& written, const std::vector<std::string>& known);

/// Throws Error (usage) with the nearest name when one of `written` is not known.
void check_known(std::string_view what, const std::vector<std::string>& written, const std::vector<std::string>& known);

}  // namespace akqueue
