// What keeps a pod from its database, in words: from what PostgreSQL, its client library or a pooler says.
#pragma once

#include <string>

#include "akqueue/error.hpp"

namespace akqueue::session {

/// `error` of hello() (connect, config, no_authentik), with what it means for `pod` and what to do; any other as it is.
Error explain_connecting(const Error& error, const std::string& pod);

/// Whether it may pass within half a minute: no connection is free, the database starts.
bool may_pass(const Error& error);

}  // namespace akqueue::session
