// Tasks that wait for others (2026.8 on). authentik's workers run a waiting task as soon as nothing is left that it
// waits for: every task on which it depends is done, or gone. So a task may be taken away only after, or together with,
// the waiting tasks that depend on it, unless a person wants it otherwise.
//
// What is done is not waited for any more. All conditions are on rows of the task table; the release must have the
// table of dependencies (waits_are_known()).
#pragma once

#include <string>
#include <string_view>

#include "queue/filter/selection.hpp"

namespace akqueue::queue {

bool waits_are_known(const session::Database& database);

/// The task waits for one that would go: chosen, not done, and not in a worker's hand unless `selection` takes these as
/// well. `pinned`: as the preview saw them.
std::string waits_for_chosen(session::Statement& statement, const session::Database& database,
                             const Selection& selection, std::string_view alias, bool pinned);

/// The same through a chain of tasks that wait for each other.
std::string waits_in_the_end_for_chosen(session::Statement& statement, const session::Database& database,
                                        const Selection& selection, std::string_view alias, bool pinned);

/// A waiting task that was not chosen waits for the task, itself or through a chain of tasks that wait.
std::string is_awaited_from_outside(session::Statement& statement, const session::Database& database,
                                    const Selection& selection, std::string_view alias, bool pinned);

/// Another task that waits, waits for this one. `who`: a condition on that task's row `w`, where not all count.
std::string is_awaited(session::Statement& statement, const session::Database& database, std::string_view alias,
                       const std::string& who = {});

}  // namespace akqueue::queue
