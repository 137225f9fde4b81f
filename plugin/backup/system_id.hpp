// What names a database itself, whatever context, namespace and name lead to it: so that what was taken from one is not
// put into another. PostgreSQL tells it where it may be read (DatabaseFacts::system); elsewhere a fingerprint stands
// in.
#pragma once

#include <string>
#include <string_view>

#include "session/session.hpp"

namespace akqueue {

/// `tenants:` and 16 digits, made of what authentik's first migration left behind: the time of it, and the id of the
/// tenant that lives in `schema`. Empty where neither can be read. Other tenants do not count: they come and go.
/// Outside a transaction. Throws the Errors of the session, but none of SQL.
std::string fingerprint(Session& session, std::string_view schema);

/// Whether these are two databases for certain: both names are known, of the same kind, and not the same.
bool another_system(std::string_view one, std::string_view other);

}  // namespace akqueue
