// Which pods authentik has in a namespace, and the one that a session may enter: a server, Ready, not terminating.
// Never a worker: a worker's memory is what the flooded queue exhausts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "cluster/kubectl.hpp"

namespace akqueue {

/// A pod as the API server describes it, as far as it matters here.
struct Pod {
  std::string name;
  std::string component;  ///< server, worker, or what else the label says; empty without the label
  std::string instance;   ///< the Helm release
  std::string phase;      ///< Pending, Running, Succeeded, Failed, Unknown
  std::vector<std::string> containers;
  bool ready = false;
  bool terminating = false;
  int restarts = 0;
  std::optional<Timestamp> started;
  /// `CrashLoopBackOff`, `OOMKilled`, …: why a container does not run or last ended, where that is said.
  std::string trouble;

  /// `Running, not ready (CrashLoopBackOff)`: for error messages.
  std::string condition() const;
};

struct Deployment {
  std::string name;
  std::string component;
  std::string instance;
  int replicas = 0;  ///< wanted
  int ready = 0;
};

/// What was found under the selector.
struct Inventory {
  std::vector<Pod> pods;
  std::vector<Deployment> deployments;
};

/// How to look; the fields are the options of the same names.
struct Search {
  std::string name_space;
  std::string selector = std::string(kDefaultSelector);
  std::string pod;        ///< take this one; still refused when it is a worker or not Ready
  std::string container;  ///< empty: `server`

  static constexpr std::string_view kDefaultSelector = "app.kubernetes.io/name=authentik";
};

/// One `kubectl get pods,deployments`. Deployments may be missing where only pods may be listed.
Inventory take_inventory(Kubectl& kubectl, const Search& search);

/// Reads the List object that `kubectl get … -o json` prints. Throws Error (kubectl_failed) for anything else.
Inventory read_inventory(std::string_view json);

struct Target {
  std::string pod;
  std::string container;
  std::string instance;
};

/// The pod to enter: among the servers that qualify the one that has run longest. Throws Error (no_server_pod) with
/// every server pod's condition, or why the one that was asked for is refused; (refused) when servers of several
/// releases qualify.
Target choose_server(const Inventory& inventory, const Search& search);

/// The Error for an empty inventory: the namespace is missing, or holds no authentik. Asks kubectl which.
Error nothing_found(Kubectl& kubectl, const Search& search);

}  // namespace akqueue
