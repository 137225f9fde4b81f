#include "session/connect_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "akqueue/sqlstate.hpp"

namespace akqueue::session {
namespace {

/// The first row whose words occur wins. `meaning` goes before the pod's name.
struct Trouble {
  std::string_view words;
  std::string_view meaning;
  std::string_view hint;
  bool may_pass = false;
};

constexpr std::string_view kNoneFree = "the database has no connection left for ";
constexpr std::string_view kFewer =
    "the workers hold most of them: kubectl scale deployment NAME --replicas=0 frees theirs, and a higher "
    "max_connections, or a pooler, keeps it from happening again";
constexpr std::string_view kPoolExhausted = "the pooler before the database has no connection left for ";
constexpr std::string_view kFewerInThePool =
    "the workers hold the pool: scale them down, or make it larger (PgBouncer: default_pool_size, max_client_conn)";
constexpr std::string_view kLocksFull =
    "the database's table of locks is full, and leaves no room for a connection of ";
constexpr std::string_view kFewerLocks =
    "workers hold a lock for each task that they have taken: kubectl akqueue drain ends them first; a higher "
    "max_locks_per_transaction makes room for more";
constexpr std::string_view kNotReady = "the database is starting or stopping, and can't be reached from ";
constexpr std::string_view kWait = "wait until it is up, then run it again";
constexpr std::string_view kTls = "TLS to the database fails in ";
constexpr std::string_view kCheckTls =
    "check AUTHENTIK_POSTGRESQL__SSLMODE and __SSLROOTCERT in that pod, and the name in the database's certificate";
constexpr std::string_view kNoName = "the database's name does not resolve in ";
constexpr std::string_view kCheckName = "check AUTHENTIK_POSTGRESQL__HOST in that pod, and the cluster's DNS";
constexpr std::string_view kSilent = "the database does not answer ";
constexpr std::string_view kCheckNetwork =
    "is PostgreSQL up, and does a network policy or a firewall let that pod through?";

constexpr std::array kTroubles{
    Trouble{"too many clients", kNoneFree, kFewer, true},
    Trouble{"remaining connection slots", kNoneFree, kFewer, true},
    Trouble{"too many connections for", kNoneFree, kFewer, true},
    Trouble{"no more connections allowed", kPoolExhausted, kFewerInThePool, true},
    Trouble{"query_wait_timeout", kPoolExhausted, kFewerInThePool, true},
    Trouble{"max_locks_per_transaction", kLocksFull, kFewerLocks},
    Trouble{"out of shared memory", kLocksFull, kFewerLocks},
    Trouble{"the database system is", kNotReady, kWait, true},
    Trouble{"password authentication failed", "the database refuses the password of ",
            "has it been changed since the pod started? kubectl rollout restart deployment NAME takes up the new one"},
    Trouble{"no password supplied", "there is no password for the database in ",
            "is it injected into authentik's own process alone? it was looked for there too; --pod names another pod"},
    Trouble{"no pg_hba.conf entry", "the database does not take such a connection from ",
            "its pg_hba.conf may ask for TLS (AUTHENTIK_POSTGRESQL__SSLMODE=require), or not know the pod's address"},
    Trouble{"certificate", kTls, kCheckTls},
    Trouble{"SSL", kTls, kCheckTls},
    Trouble{"could not translate host name", kNoName, kCheckName},
    Trouble{"failed to resolve host", kNoName, kCheckName},
    Trouble{"Name or service not known", kNoName, kCheckName},
    Trouble{"name resolution", kNoName, kCheckName},
    Trouble{"timeout expired", kSilent, kCheckNetwork},
    Trouble{"timed out", kSilent, kCheckNetwork},
};
constexpr Trouble kUnreachable{
    "", "the database can't be reached from ",
    "is PostgreSQL up, and do AUTHENTIK_POSTGRESQL__* point to it? the pod's own log says more"};

const Trouble& trouble_of(const Error& error) {
  const std::string_view said = error.what();
  const auto* const found = std::ranges::find_if(
      kTroubles, [&](const Trouble& one) { return said.find(one.words) != std::string_view::npos; });
  return found == kTroubles.end() ? kUnreachable : *found;
}

Error explained(const Error& error, std::string_view meaning, const std::string& pod, std::string_view hint) {
  Error said(error.code(), std::string(meaning) + "pod " + pod + ": " + error.what(), std::string(hint));
  return said.with_detail(error.detail()).with_sqlstate(error.sqlstate());
}

}  // namespace

Error explain_connecting(const Error& error, const std::string& pod) {
  switch (error.code()) {
    case ErrorCode::connect: {
      const Trouble& trouble = trouble_of(error);
      return explained(error, trouble.meaning, pod, trouble.hint);
    }
    case ErrorCode::no_authentik:
      return explained(error, "authentik can't be imported in ", pod,
                       "is this authentik's server container? --container names another");
    case ErrorCode::config:
      return explained(error, "authentik's configuration can't be read in ", pod,
                       "check the AUTHENTIK_POSTGRESQL__* settings and the secrets that the pod mounts");
    default: return error;
  }
}

Error explain_full_locks(const Error& error) {
  if (error.sqlstate() != sqlstate::kOutOfMemory || error.code() != ErrorCode::sql) return error;
  Error said(error.code(), std::string("the database's table of locks is full: ") + error.what(),
             std::string(kFewerLocks));
  return said.with_detail(error.detail()).with_sqlstate(error.sqlstate());
}

bool workers_hold_it(const Error& error) {
  if (error.sqlstate() == sqlstate::kOutOfMemory) return true;
  if (error.code() != ErrorCode::connect) return false;
  const std::string_view meaning = trouble_of(error).meaning;
  return meaning == kNoneFree || meaning == kPoolExhausted || meaning == kLocksFull;
}

bool may_pass(const Error& error) { return error.code() == ErrorCode::connect && trouble_of(error).may_pass; }

}  // namespace akqueue::session
