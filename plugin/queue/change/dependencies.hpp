// Tasks that wait for others (2026.8 on). authentik's workers run whoever waits and has nothing left to wait for, so
// nobody may stand in the table without what it waits for, not even between two transactions.
#pragma once

#include <string>

#include "queue/filter/selection.hpp"

namespace akqueue {

/// A condition on the task row `alias`: somebody else of `selection` waits for it. `and_who`, where given, is a further
/// condition on the one who waits, which follows its id: `NOT IN (…)`. Only where the release has dependencies.
std::string is_awaited(Statement& statement, const Database& database, const Selection& selection,
                       std::string_view alias, const std::string& and_who = {});

}  // namespace akqueue
