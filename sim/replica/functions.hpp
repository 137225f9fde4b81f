// SQL functions that PostgreSQL has and SQLite does not: `now()` and CURRENT_TIMESTAMP by the world's clock, and one
// function for each type, which converts a value to the form in which the replica stores that type: pg_uuid (lower
// case), pg_timestamptz (27 characters, UTC), pg_boolean (0, 1), pg_integer, pg_bigint, pg_jsonb (checked, as
// given), pg_bytea. NULL stays NULL. Errors: 22P02 for a malformed value, 22007 for a malformed time, 22003 out of
// range; the words are PostgreSQL's.
#pragma once

#include <functional>

#include "akqueue/time.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

void add_functions(Database& database, const std::function<Timestamp()>& now);

}  // namespace akqueue::sim
