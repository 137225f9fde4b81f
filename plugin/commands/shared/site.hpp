// The way in that every command takes: which cluster and namespace, which pod, the agent, the database, its catalog.
#pragma once

#include <memory>
#include <string>

#include "akqueue/json.hpp"
#include "cli/command.hpp"
#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "queue/measure/selection_counts.hpp"
#include "session/agent.hpp"
#include "session/dialect.hpp"

namespace akqueue {

/// `-A`, of the commands that can look at every site of a cluster (all_sites.hpp).
inline constexpr Option kEverywhere{"all-namespaces", 'A', "", "every authentik of the cluster, in all namespaces"};

/// kubectl with the global flags of the command line, and where it will look.
struct Cluster {
  Kubectl kubectl;
  std::string program;  ///< what stands for kubectl, as a line
  Context context;      ///< read only where it was needed
  Search search;
};

/// An authentik, entered.
struct Site {
  std::string kubectl;  ///< what stands for kubectl, as a line
  std::string context;  ///< empty where it was not asked for
  std::string name_space;
  Target target;
  Inventory inventory;  ///< of its release
  DatabaseFacts facts;
  std::unique_ptr<Session> session;
  Catalog catalog;
  std::unique_ptr<Dialect> dialect;

  Database database() const { return {*session, catalog, *dialect}; }
  /// `context prod, namespace authentik`.
  std::string where() const;
  Json to_json() const;
};

/// Finds out the namespace: -n, else the context's own, else authentik; none with -A. Asks kubectl for the context
/// where the namespace is not given or `with_context` wants its name. Throws Error (usage) for -A with an option that
/// names one site.
Cluster open_cluster(const Invocation& invocation, bool with_context);

/// One `kubectl get KINDS`, narrowed to one release: the one of --release, the only one, or the one that a person
/// names. Throws the Errors of inventory and discovery; (refused) where several releases are there and nobody can be
/// asked.
Inventory look_around(const Invocation& invocation, Cluster& cluster, const char* kinds = kPodsAndDeployments);

/// One `kubectl exec` into a server of this inventory. Says on standard error which pod it took.
/// Throws the Errors of discovery and session, and `tables_missing`.
Site enter(const Invocation& invocation, Cluster& cluster, Inventory inventory);

/// The three together: one `kubectl get`, one `kubectl exec`.
Site enter(const Invocation& invocation, const char* kinds = kPodsAndDeployments);

/// Gives the site's database a fingerprint for a name where it does not tell its own. Outside a transaction; costs a
/// few queries there, so that only what writes a history or a backup does it: enter() of commands that change, and
/// `backup`.
void identify(Site& site);

/// Runs `call`, and says with -v which kubectl commands it ran.
template <class Call>
auto traced(const Invocation& invocation, Kubectl& kubectl, const Call& call);
void trace_kubectl(const Invocation& invocation, const Kubectl& kubectl, std::size_t from);

/// Settings of the read-only transaction that a looking command works in.
inline constexpr TransactionSettings kLooking{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 120'000, .lock_timeout_ms = 5'000};

/// A document as -o json (indented) or -o jsonl (one line) prints it.
std::string as_json(const Invocation& invocation, const Json& document);

/// `{"version": 1, "kind": …}`: how every document begins.
Json document_of(std::string_view kind);

/// A time as JSON: text, or null.
Json to_json(const std::optional<Timestamp>& at);

template <class Call>
auto traced(const Invocation& invocation, Kubectl& kubectl, const Call& call) {
  const std::size_t before = kubectl.journal().size();
  auto result = call();
  trace_kubectl(invocation, kubectl, before);
  return result;
}

}  // namespace akqueue
