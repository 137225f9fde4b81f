// `introspect` on SQLite: a table and every table that references it, directly or not, read from SQLite's own catalog.
// It knows nothing about authentik; a table that somebody made by hand is found like any other.
#pragma once

#include <string_view>

#include "akqueue/json.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// The result of `introspect` (docs/protocol.md). Estimates cost no scan: rows from the range of rowids, bytes from
/// its bytes per row when the world was made (table sim_size), and never less than it was then.
Json introspect(Database& database, std::string_view table);

}  // namespace akqueue::sim
