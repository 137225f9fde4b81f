// authentik's pods, deployments and autoscalers as the API server describes them, as far as it matters here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "cluster/kubectl.hpp"
#include "cluster/label_selector.hpp"
#include "cluster/roles.hpp"
#include "cluster/search.hpp"

namespace akqueue::cluster {

namespace label {
inline constexpr const char* kComponent = "app.kubernetes.io/component";
inline constexpr const char* kInstance = "app.kubernetes.io/instance";
}  // namespace label

/// How a container last ended.
struct Termination {
  std::string reason;  ///< OOMKilled, Error, Completed
  int exit_code = 0;
  std::optional<Timestamp> at;
};

struct Container {
  std::string name;
  Role role = Role::none;  ///< as it was recognised, whatever somebody has said of the pod
  bool running = false;
};

struct Pod {
  std::string name;
  std::string name_space;
  Roles roles = {};      ///< what its containers are, or what somebody has said that it is
  std::string instance;  ///< the Helm release
  std::string phase;     ///< Pending, Running, Succeeded, Failed, Unknown
  std::string ip;
  Labels labels = {};
  std::vector<Container> containers;
  std::string main;         ///< the container that counts: the worker's, else the server's, else the first
  bool authentiks = false;  ///< beyond doubt, whatever its labels
  bool ready = false;
  bool terminating = false;
  std::optional<Timestamp> to_be_gone;  ///< when the grace of a terminating pod is over
  int restarts = 0;                     ///< of the main container
  std::optional<Timestamp> started;
  /// `CrashLoopBackOff`, `OOMKilled`, …: why the main container is not running or last ended; of another container
  /// `geoip: CrashLoopBackOff`, of one that runs before these `Init:ErrImagePull`; of the whole pod `Evicted`.
  std::string trouble;
  std::string unscheduled = {};              ///< why the scheduler finds no node for it; empty for one that has one
  std::optional<Termination> last_end;       ///< of the main container
  std::optional<std::int64_t> memory_limit;  ///< bytes, of the main container

  /// The first container with this role; null for none.
  const Container* container_of(Role role) const;
  /// `Running, not ready (CrashLoopBackOff)`: for error messages.
  std::string condition() const;
};

struct Deployment {
  std::string name;
  std::string name_space;
  Roles roles = {};
  std::string instance;
  int replicas = 0;  ///< wanted
  int ready = 0;
  Labels labels = {};
  Labels annotations = {};
  Labels match_labels = {};     ///< of its pods
  Labels pod_labels = {};       ///< all that its pods get
  bool authentiks = false;      ///< beyond doubt, whatever its labels
  bool generation_seen = true;  ///< its controller has seen the current spec
  /// Environment of the container that counts, as of a pod: literal values.
  std::map<std::string, std::string> environment = {};
  /// Variables whose value is kept elsewhere, and where: `configmap/tuning`, `secret/authentik`, `field`.
  std::map<std::string, std::string> environment_elsewhere = {};
  /// What else its environment comes from: names of secrets and config maps.
  std::vector<std::string> environment_from = {};

  /// Whether `pod` is one of its pods, by namespace and labels.
  bool owns(const Pod& pod) const;
};

/// A HorizontalPodAutoscaler.
struct Autoscaler {
  std::string name;
  std::string name_space;
  std::string kind;    ///< of what it scales: Deployment
  std::string target;  ///< its name
  int least = 1;
  int most = 0;
  int current = 0;
  int desired = 0;
  bool keda = false;               ///< made by KEDA for a ScaledObject
  std::string scaled_object = {};  ///< its name
};

/// One authentik of a cluster: a Helm release in its namespace.
struct SiteName {
  std::string name_space;
  std::string release;  ///< empty if its objects have no such label

  bool operator==(const SiteName&) const = default;
  auto operator<=>(const SiteName&) const = default;
  /// `authentik/authentik`; the namespace alone where there is no release
  std::string text() const { return release.empty() ? name_space : name_space + "/" + release; }
};

/// What was found.
struct Inventory {
  std::vector<Pod> pods;
  std::vector<Deployment> deployments;
  std::vector<Autoscaler> autoscalers;
  /// Kinds that may not be listed with these permissions: `deployments`.
  std::vector<std::string> refused = {};
  /// It was made without asking by labels (Search::without_labels).
  bool without_labels = false;

  /// What anything in it is.
  Roles roles() const;
  /// All releases that have servers or workers here, by name.
  std::vector<std::string> releases() const;
  /// Only what belongs to this release.
  Inventory of_release(const std::string& name) const;
  /// All releases that have servers or workers, by namespace and name.
  std::vector<SiteName> sites() const;
  /// Only what is in this namespace.
  Inventory of_namespace(const std::string& name) const;
  /// Only what belongs to this release in this namespace.
  Inventory of_site(const SiteName& site) const;
  /// Its worker deployments; of one release after of_release().
  std::vector<const Deployment*> workers() const;
  /// There are worker deployments, all at 0, and no pod of a worker is left, not even an ending one.
  bool workers_gone() const;
  const Autoscaler* autoscaler_of(const Deployment& deployment) const;
};

/// The kinds that a command asks for.
inline constexpr const char* kPodsAndDeployments = "pods,deployments";
inline constexpr const char* kWithAutoscalers = "pods,deployments,horizontalpodautoscalers";

/// Reads the List object that `kubectl get … -o json` prints. Throws Error (kubectl_failed) for anything else.
Inventory read_inventory(std::string_view json);

/// Gives what has no release's label and no server of its own to the only release of its namespace that has a server.
void adopt_unlabelled(Inventory& inventory);

/// Bytes of a quantity like `512Mi`, `1G`, `1500m`; nothing for anything else.
std::optional<std::int64_t> parse_quantity(std::string_view text);

}  // namespace akqueue::cluster
