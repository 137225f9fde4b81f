// What will happen to the cluster, and at which uptime (clock.hpp): the world's table sim_due. Every process that opens
// the world carries out what is due.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "akqueue/time.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// The words of the table sim_due.
namespace happening {
inline constexpr std::string_view kRuns = "runs";              ///< a pod's containers have been created
inline constexpr std::string_view kReady = "ready";            ///< a pod is Ready
inline constexpr std::string_view kGone = "gone";              ///< a terminating pod has ended
inline constexpr std::string_view kKilled = "killed";          ///< it is the worker's turn to run out of memory
inline constexpr std::string_view kAutoscaled = "autoscaled";  ///< the autoscaler of a deployment checks it
inline constexpr std::string_view kHealed = "healed";          ///< the GitOps controller of a deployment checks it
}  // namespace happening

struct DueEvent {
  Timestamp at = 0;
  std::string what;  ///< one of these words
  std::string name;  ///< the key (store.hpp) of the pod or deployment that it happens to
};

class Due {
 public:
  explicit Due(Database& database) : database_(database) {}
  void add(Timestamp at, std::string_view what, std::string_view name);
  /// Adds it, unless the same is already going to happen.
  void add_once(Timestamp at, std::string_view what, std::string_view name);
  /// When the next one is due; nothing if there is none.
  std::optional<Timestamp> next();
  /// Takes the first that is due by then; those of the same time in the order in which they were added.
  std::optional<DueEvent> take(Timestamp until);
  /// Removes everything that would happen to it.
  void forget(std::string_view name);

 private:
  Database& database_;
};

}  // namespace akqueue::sim
