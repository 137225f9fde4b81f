#include "akqueue/error.hpp"

#include <algorithm>
#include <array>

namespace akqueue {
namespace {

using enum ErrorCode;

constexpr std::array kKinds{
    ErrorKind{usage, "usage", 2, "the command line is wrong"},
    ErrorKind{refused, "refused", 3, "refused; nothing was done"},
    ErrorKind{declined, "declined", 3, "the answer was not yes; nothing was done"},
    ErrorKind{partial, "partial", 4, "ended early; part is done"},
    ErrorKind{condition, "condition", 5, "the awaited or checked condition does not hold"},
    ErrorKind{interrupted, "interrupted", 130, "interrupted by Ctrl-C"},
    ErrorKind{kubectl_missing, "kubectl-missing", 1, "kubectl could not be started"},
    ErrorKind{kubectl_failed, "kubectl-failed", 1, "kubectl ended with an error"},
    ErrorKind{no_context, "no-context", 1, "kubectl has no cluster to talk to"},
    ErrorKind{namespace_missing, "namespace-missing", 1, "the namespace does not exist"},
    ErrorKind{no_server_pod, "no-server-pod", 1, "no authentik server pod can be entered"},
    ErrorKind{forbidden, "forbidden", 1, "a permission in the cluster is missing"},
    ErrorKind{no_python, "no-python", 1, "the container has no Python that can run the agent"},
    ErrorKind{no_greeting, "no-greeting", 1, "the agent did not start in the container"},
    ErrorKind{protocol, "protocol", 1, "a line of the session could not be understood"},
    ErrorKind{state, "state", 1, "the operation is not allowed now"},
    ErrorKind{no_authentik, "no-authentik", 1, "authentik's configuration module or psycopg can't be imported"},
    ErrorKind{config, "config", 1, "authentik's configuration can't be read"},
    ErrorKind{connect, "connect", 1, "the database can't be reached"},
    ErrorKind{sql, "sql", 1, "a statement failed"},
    ErrorKind{lost, "lost", 1, "the session was cut"},
    ErrorKind{tables_missing, "tables-missing", 1, "the database has no task tables"},
    ErrorKind{not_found, "not-found", 1, "it does not exist"},
    ErrorKind{damaged, "damaged", 1, "a backup file is damaged"},
    ErrorKind{unsupported, "unsupported", 3, "something in the database can't be handled safely"},
    ErrorKind{system, "system", 1, "a file or another resource of this machine can't be used"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<std::size_t>(kKinds[i].code) != i) return false;
  }
  return kKinds.size() == static_cast<std::size_t>(ErrorCode::system) + 1;
}
static_assert(in_order(), "kKinds must list every ErrorCode in its order");

}  // namespace

std::span<const ErrorKind> error_kinds() { return kKinds; }

const ErrorKind& error_kind(ErrorCode code) { return kKinds[static_cast<std::size_t>(code)]; }

ErrorCode error_code_named(std::string_view name) {
  const auto* const found = std::ranges::find(kKinds, name, &ErrorKind::name);
  return found == kKinds.end() ? ErrorCode::protocol : found->code;
}

}  // namespace akqueue
