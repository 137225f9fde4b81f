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

namespace akqueue {

using Labels = std::map<std::string, std::string>;

namespace label {
inline constexpr const char* kComponent = "app.kubernetes.io/component";
inline constexpr const char* kInstance = "app.kubernetes.io/instance";
inline constexpr const char* kVersion = "app.kubernetes.io/version";
}  // namespace label

inline constexpr std::string_view kServer = "server";
inline constexpr std::string_view kWorker = "worker";

/// How a container ended last.
struct Termination {
  std::string reason;  ///< OOMKilled, Error, Completed
  int exit_code = 0;
  std::optional<Timestamp> at;
};

struct Pod {
  std::string name;
  std::string name_space;
  std::string component;  ///< server, worker, or what else the label says; empty without the label
  std::string instance;   ///< the Helm release
  std::string phase;      ///< Pending, Running, Succeeded, Failed, Unknown
  std::string ip;
  Labels labels = {};
  std::vector<std::string> containers;
  bool ready = false;
  bool terminating = false;
  std::optional<Timestamp> to_be_gone;  ///< when the grace of a terminating pod is over
  int restarts = 0;
  std::optional<Timestamp> started;
  /// `CrashLoopBackOff`, `OOMKilled`, …: why a container does not run or last ended, where that is said.
  std::string trouble;
  std::optional<Termination> last_end;       ///< of the container that is named like the component
  std::optional<std::int64_t> memory_limit;  ///< bytes, of the container that is named like the component

  /// `Running, not ready (CrashLoopBackOff)`: for error messages.
  std::string condition() const;
};

struct Deployment {
  std::string name;
  std::string name_space;
  std::string component;
  std::string instance;
  int replicas = 0;  ///< wanted
  int ready = 0;
  Labels labels = {};
  Labels annotations = {};
  Labels match_labels = {};     ///< what its pods have
  bool generation_seen = true;  ///< its controller has seen what is wanted now
  /// Environment of the container that is named like the component: what stands there literally.
  std::map<std::string, std::string> environment = {};
  /// Variables whose value stands elsewhere, and where: `configmap/tuning`, `secret/authentik`, `field`.
  std::map<std::string, std::string> environment_elsewhere = {};
  /// Where its environment comes from besides: names of secrets and config maps.
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

/// An authentik among those of a cluster: a Helm release in its namespace.
struct SiteName {
  std::string name_space;
  std::string release;  ///< empty where its objects have no such label

  bool operator==(const SiteName&) const = default;
  auto operator<=>(const SiteName&) const = default;
  /// `authentik/authentik`
  std::string text() const { return name_space + "/" + release; }
};

/// What was found.
struct Inventory {
  std::vector<Pod> pods;
  std::vector<Deployment> deployments;
  std::vector<Autoscaler> autoscalers;
  /// Kinds that may not be listed with these permissions: `deployments`.
  std::vector<std::string> refused = {};

  /// All releases that have servers or workers here, by name.
  std::vector<std::string> releases() const;
  /// Only what belongs to this release.
  Inventory of_release(const std::string& name) const;
  /// All releases that have servers or workers, by namespace and name.
  std::vector<SiteName> sites() const;
  /// Only what belongs to this release in this namespace.
  Inventory of_site(const SiteName& site) const;
  /// Its worker deployments; of one release after of_release().
  std::vector<const Deployment*> workers() const;
  const Autoscaler* autoscaler_of(const Deployment& deployment) const;
};

/// How to look; the fields are the options of the same names.
struct Search {
  std::string name_space;  ///< empty: all
  std::string selector = std::string(kDefaultSelector);
  std::string pod;           ///< take this one; still refused when it is a worker or not Ready
  std::string container;     ///< empty: `server`
  std::string release = {};  ///< empty: the only one

  static constexpr std::string_view kDefaultSelector = "app.kubernetes.io/name=authentik";
};

/// The kinds that a command asks for.
inline constexpr const char* kPodsAndDeployments = "pods,deployments";
inline constexpr const char* kWithAutoscalers = "pods,deployments,horizontalpodautoscalers";

/// One `kubectl get KINDS` under the selector, in the namespace that `kubectl` has as a flag, or in all of them. Kinds
/// other than pods may be refused: then they are named in the result.
Inventory take_inventory(Kubectl& kubectl, const Search& search, const char* kinds = kPodsAndDeployments);

/// Reads the List object that `kubectl get … -o json` prints. Throws Error (kubectl_failed) for anything else.
Inventory read_inventory(std::string_view json);

/// Bytes of a quantity like `512Mi`, `1G`, `1500m`; nothing for what is none.
std::optional<std::int64_t> parse_quantity(std::string_view text);

}  // namespace akqueue
