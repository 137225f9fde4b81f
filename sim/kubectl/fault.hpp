// Faults that tests put into a session: the environment variable AKQUEUE_SIM_FAULT, which only the stand-in's exec
// reads, names one of these (the table is in fault.cpp; `akqueue-sim help` does not show it):
//
//   banner          three lines of noise come before the greeting
//   silent          a line of noise, no greeting, the process ends with 0
//   wrong-version   greets with version 99
//   rubbish         the answer to the first request after hello is a line that is not a reply
//   cut-after=N     the process is killed in the middle of the line (or the frame) after N of a reply
//   stall           nothing is answered after hello, until the input ends
//   no-python       `python` is not in the container; the other interpreters are
//   no-interpreter  none is
//   no-authentik, config, connect   hello fails with that code
//   no-tables       the database has no task table
//   no-upgrade      a proxy does not let the connection be upgraded, as exec needs it
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "replica/server.hpp"

namespace akqueue::sim {

enum class FaultKind {
  none,
  banner,
  silent,
  wrong_version,
  rubbish,
  cut,
  stall,
  no_python,
  no_interpreter,
  hello,
  no_tables,
  no_upgrade,
};

struct Fault {
  FaultKind kind = FaultKind::none;
  std::string code;        ///< of hello
  std::int64_t lines = 0;  ///< of cut
};

/// From the variable's value. Throws Error (usage) for a name that is not in the table.
Fault parse_fault(std::string_view text);

/// A server with a fault, used in place of a ReplicaServer.
class FaultyServer {
 public:
  FaultyServer(ReplicaServer& server, Fault fault) : server_(server), fault_(std::move(fault)) {}

  /// Like ReplicaServer::handle.
  bool handle(std::string_view line, const ReplicaServer::Writer& write);
  /// The process was killed: kubectl's message and exit status.
  bool killed() const { return killed_; }

 private:
  bool cut(std::string_view line, const ReplicaServer::Writer& write);

  ReplicaServer& server_;
  Fault fault_;
  std::int64_t requests_ = 0;
  std::int64_t lines_ = 0;
  bool killed_ = false;
};

}  // namespace akqueue::sim
