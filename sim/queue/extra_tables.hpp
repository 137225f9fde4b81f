// Tables that the tool does not know and that reference the tasks, as plugins, later releases and people add them.
#pragma once

#include "replica/database.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

/// Creates and fills one: `id`, the column that references a task (with an index, as Django makes it) and a `note`. Its
/// rows are spread over the tasks, which have row numbers from 1 to `tasks`.
void write_extra_table(Database& database, const ExtraTable& extra, std::int64_t tasks);

}  // namespace akqueue::sim
