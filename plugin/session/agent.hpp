// Starts the agent in a container and hands over a session that has connected to the database.
//
// The agent's source is agent.py next to this file, embedded at build. It goes in over standard input, so that neither
// the API server's audit log nor `ps` in the container shows more than a short bootstrap.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "session/session.hpp"
#include "system/process.hpp"

namespace akqueue::session {

/// Runs a command in the container with three pipes: one `kubectl exec -i`.
using Exec = std::function<std::unique_ptr<system::Process>(const std::vector<std::string>& command)>;

/// Turns a kubectl that ended before any greeting into an Error, from its exit status and standard error.
using Explain = std::function<Error(const system::Finished&)>;

struct Opened {
  std::unique_ptr<Session> session;
  DatabaseFacts facts;
  Catalog catalog;  ///< of the table that was asked for, and of those that reference it
};

/// Tries `python`, the virtual environment's Python and `ak shell`, in this order: the next one only if one does not
/// exist or can't import authentik. What the session asks first travels with the source. Throws Error: no_python (none
/// exists), no_greeting (it was started but never greeted), protocol (another version greeted), what `explain` makes
/// of a kubectl that failed, and what hello() throws. `patience` is the session's, and the greeting's where it is
/// shorter than two minutes.
Opened open_session(const Exec& exec, const Explain& explain, std::string_view table,
                    std::chrono::milliseconds patience = Session::kPatience);

}  // namespace akqueue::session
