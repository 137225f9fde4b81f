// Identifies a database whatever context, namespace and name lead to it, so that what was taken from one is not put
// into another. PostgreSQL has such an id where it may be read (DatabaseFacts::system); elsewhere a fingerprint stands
// in.
#pragma once

#include <string>
#include <string_view>

#include "session/session.hpp"

namespace akqueue::backup {

/// `tenants:` and 16 digits, made from what authentik's first migration left behind: its time, and the id of the tenant
/// that lives in `schema`. Empty if neither can be read. Other tenants do not count: they come and go. Outside a
/// transaction. Throws the Errors of the session, except those of SQL.
std::string fingerprint(session::Session& session, std::string_view schema);

/// Whether these are certainly two databases: both ids are known, of the same kind, and differ.
bool another_system(std::string_view one, std::string_view other);

}  // namespace akqueue::backup
