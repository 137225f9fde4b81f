// A scenario on the tables of its release. Scenarios are written for the releases that most sites run; what another
// release lacks is expressed with what it has:
//   a state that it does not have      consumed for one that a worker has taken, queued for waiting_for_dependencies
//   no column eta                      Dramatiq's delayed queue, `default.DQ`
//   no version given                   one that has these tables
#pragma once

#include "replica/schema.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

/// The result is complete: nothing in it depends on the release any more.
Scenario fitted(Scenario scenario, const Schema& schema);

/// The scenario on another release. Its own version belongs to its own tables, so it is replaced by that release's.
/// Throws Error (usage) for a release without a description, listing the known ones.
Scenario with_release(Scenario scenario, const std::string& release);

/// Whether messages of finished tasks are kept: from 2025.12 on they are emptied.
bool keeps_done_messages(std::string_view version);

/// Whether that version passes over a schedule while one of its tasks is not finished: from 2026.2 on.
bool skips_unfinished(std::string_view version);

}  // namespace akqueue::sim
