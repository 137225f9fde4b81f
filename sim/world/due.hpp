// What will happen to the cluster, and at which uptime (clock.hpp): the world's table sim_due. Whoever opens the world
// lets happen what is due.
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
inline constexpr std::string_view kAutoscaled = "autoscaled";  ///< the autoscaler of a deployment looks at it
inline constexpr std::string_view kHealed = "healed";          ///< the GitOps controller of a deployment looks at it
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
  /// Unless the same is to happen to it already.
  void add_once(Timestamp at, std::string_view what, std::string_view name);
  /// When the next one comes; nothing when none will.
  std::optional<Timestamp> next();
  /// Takes the first that is due until then, those of one time in the order in which they were added.
  std::optional<DueEvent> take(Timestamp until);
  /// Nothing happens to it any more.
  void forget(std::string_view name);

 private:
  Database& database_;
};

}  // namespace akqueue::sim
