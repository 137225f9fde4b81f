// authentik's triggers, written for SQLite with the same effects, under authentik's own names if the release has them:
//   pgtrigger_update_aggregated_status_*  aggregated_status is the state or, for `done`, the worst level (in
//                                         _messages; from 2026.8 on: of the log rows of this attempt)
//   pgtrigger_set_next_run_on_paused_*    pausing a schedule sets next_run to the epoch
//   pgtrigger_notify_enqueueing_*         nobody listens here: the last notification of each queue is in
//                                         sim_notification
// SQLite's BEFORE triggers can't change a row, so these are AFTER triggers with a second UPDATE: RETURNING gives the
// row before them. One more for each table (named sim_*) converts values to their stored form, or refuses them.
#pragma once

#include "replica/schema.hpp"

namespace akqueue::sim {

/// Created once the rows are there: the generator itself writes what the triggers would. PostgreSQL's definitions go to
/// the table sim_trigger, for the catalog.
void create_triggers(Database& database, const SchemaTable& table);

}  // namespace akqueue::sim
