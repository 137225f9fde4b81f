// What a command line says of where to look: which kubectl, context, namespace and pod.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/command_line.hpp"
#include "akqueue/effect.hpp"
#include "cluster/inventory.hpp"
#include "session/session.hpp"

namespace akqueue::commands {

/// `-A`, of the commands that can look at every site of a cluster (all_sites.hpp).
inline constexpr Option kAllSites{"all-namespaces", 'A', "", "every authentik of the cluster, in all namespaces"};

/// Whether a command looks at one site, or at as many as it is told.
enum class Breadth { one_site, several_sites };

struct SiteRequest {
  /// Not an aggregate: GCC 12 destroys one twice that a braced list leaves to its default when what follows throws.
  SiteRequest() = default;

  std::string world = {};                       ///< of akqueue-sim; empty: a cluster
  std::vector<std::string> kubectl_flags = {};  ///< kubectl's own, for every call; the namespace is not among them
  std::optional<std::string> context = {};      ///< stands among those flags as well
  cluster::Search search = {};                  ///< its namespace is empty where none was given
  std::vector<std::string> namespaces = {};     ///< several were given; empty: one or none
  bool all_sites = false;                       ///< every site of the cluster
  bool may_ask = true;                          ///< a person can be asked which release is meant
  bool verbose = false;                         ///< kubectl's command lines and the SQL are shown
  std::chrono::milliseconds patience = session::Session::kPatience;  ///< for each answer: --request-timeout
  bool tells_where = false;  ///< the context's name is shown, whoever said which one it is
  bool remembered = false;   ///< the history will tell of it: what the site is called is found out

  /// More than one site is meant.
  bool many() const { return all_sites || !namespaces.empty(); }
};

/// `effect` is the command's: what is more than a look is remembered. Throws Error (usage) for an option that names
/// one site where several are meant, for several namespaces where one site is, and for what is not a label selector.
SiteRequest read_site_request(const Options& options, Effect effect, Breadth breadth = Breadth::one_site);

/// The same, for a command that names the context: SiteRequest::tells_where.
SiteRequest telling_where(SiteRequest request);

/// The same, for a command that tells of all workers: Search::all_workers.
SiteRequest with_all_workers(SiteRequest request);

}  // namespace akqueue::commands
