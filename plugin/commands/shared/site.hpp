// The way in that every command takes: which cluster and namespace, which pod, the agent, the database, its catalog.
#pragma once

#include <memory>
#include <string>

#include "akqueue/json.hpp"
#include "cli/command.hpp"
#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "cluster/kept_sites.hpp"
#include "cluster/take_inventory.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "queue/measure/selection_counts.hpp"
#include "session/agent.hpp"
#include "session/dialect.hpp"

namespace akqueue::commands {

/// kubectl with the global flags of the command line, and where it will look.
struct Cluster {
  cluster::Kubectl kubectl;
  std::string program;       ///< what stands for kubectl, as a line
  cluster::Context context;  ///< read only where it was needed
  cluster::Search search;    ///< with the namespace
  SiteRequest request = {};  ///< what was asked for
  cluster::KeptSites kept = {};
  int tries = kTries;  ///< to connect, where what keeps a pod from its database may pass

  /// Half a minute.
  static constexpr int kTries = 7;
};

/// An authentik, entered.
struct Site {
  std::string kubectl;  ///< what stands for kubectl, as a line
  std::string context;  ///< empty where it was not asked for
  std::string user;     ///< the kubeconfig's name for who asks; empty where it was not asked for
  std::string name_space;
  cluster::Target target;
  cluster::Inventory inventory;  ///< of its release
  session::DatabaseFacts facts;
  std::unique_ptr<session::Session> session;
  session::Catalog catalog;
  std::unique_ptr<session::Dialect> dialect;

  bool workers_gone = false;  ///< their pods are gone, and no lock says that one lives elsewhere

  session::Database database() const {
    return {*session, catalog, *dialect, workers_gone, !facts.pooled && !facts.standby};
  }
  /// `context prod, namespace authentik`.
  ui::Text where() const;
  Json to_json() const;
};

/// Finds out the namespace: -n, else the context's own, else authentik; none where several sites are meant. Asks
/// kubectl for the context where the namespace is not given, or where its name is wanted: because what is done there is
/// remembered, or because something is kept of sites. Throws the Errors of KeptSites::read() as well.
Cluster open_cluster(const cli::Environment& environment, const SiteRequest& request);

/// How to look in a namespace: as was asked, and as is kept of the site there; -v says what that is.
cluster::Search search_in(const cli::Environment& environment, const Cluster& cluster, const std::string& name_space);

/// What take_inventory() finds, narrowed to one release: the one of --release, the only one, or the one that a person
/// names. `cluster` then knows whether labels found it, so that later looks ask in the same way. Throws the Errors of
/// inventory and discovery; (refused) where several releases are there and nobody can be asked.
cluster::Inventory look_around(const cli::Environment& environment, Cluster& cluster,
                               const char* kinds = cluster::kPodsAndDeployments);

/// One `kubectl exec` into a server of this inventory. Says on standard error which pod it took.
/// Throws the Errors of discovery and session, and `tables_missing`.
Site enter(const cli::Environment& environment, Cluster& cluster, cluster::Inventory inventory);

/// The three together: one `kubectl get`, one `kubectl exec`.
Site enter(const cli::Environment& environment, const SiteRequest& request,
           const char* kinds = cluster::kPodsAndDeployments);

/// `request` as it leads to `site` whatever the current context is by now.
SiteRequest same_place(SiteRequest request, const Site& site);

/// For after a question, which may have stood for long: where the line was cut meanwhile, the site is entered again.
/// Throws the Errors of enter(), and (refused) if another database is there now.
void stay_entered(const cli::Environment& environment, const SiteRequest& request, Site& site);

/// Gives the site's database a fingerprint for a name where it does not tell its own. Outside a transaction; costs a
/// few queries there, so that only what writes a history or a backup does it: enter() where that is remembered, and
/// `backup`.
void identify(Site& site);

/// Runs `call`, and says with -v which kubectl commands it ran.
template <class Call>
auto traced(const cli::Environment& environment, Cluster& cluster, const Call& call);
void trace_kubectl(const cli::Environment& environment, const Cluster& cluster, std::size_t from);

/// Settings of the read-only transaction that a looking command works in.
inline constexpr session::TransactionSettings kLooking{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 120'000, .lock_timeout_ms = 5'000};

template <class Call>
auto traced(const cli::Environment& environment, Cluster& cluster, const Call& call) {
  const std::size_t before = cluster.kubectl.journal().size();
  auto result = call();
  trace_kubectl(environment, cluster, before);
  return result;
}

}  // namespace akqueue::commands
