// What keeps a pod from its database, in words: from what PostgreSQL, its client library or a pooler says.
#pragma once

#include <string>

#include "akqueue/error.hpp"

namespace akqueue::session {

/// `error` of hello() (connect, config, no_authentik), with what it means for `pod` and what to do; any other as it is.
Error explain_connecting(const Error& error, const std::string& pod);

/// `error` of a statement that found the table of locks full (SQLSTATE 53200), with what that means; any other as it
/// is.
Error explain_full_locks(const Error& error);

/// Whether what is missing is what workers hold, so that scaling them down frees it: connections, or places for locks.
bool workers_hold_it(const Error& error);

/// Whether it may pass within half a minute: no connection is free, the database starts.
bool may_pass(const Error& error);

}  // namespace akqueue::session
