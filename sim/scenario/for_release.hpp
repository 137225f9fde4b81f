// A scenario on the tables of its release. Scenarios are written for the releases that most sites run; what another one
// lacks is told in the words that it has:
//   a state that it does not know      consumed for one that a worker has taken, queued for waiting_for_dependencies
//   no column eta                      Dramatiq's delayed queue, `default.DQ`
//   a version that nobody named        one that has these tables
#pragma once

#include "replica/schema.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

/// Nothing in the result is left to be said by the release.
Scenario fitted(Scenario scenario, const Schema& schema);

/// The scenario on another release. Its own version goes with its own tables, so it falls to the release again.
/// Throws Error (usage) for a release that nobody described, with the known ones.
Scenario with_release(Scenario scenario, const std::string& release);

/// Whether messages of finished tasks are kept: from 2025.12 on they are emptied.
bool keeps_done_messages(std::string_view version);

}  // namespace akqueue::sim
