// How often worker containers were restarted while somebody watched: the sign that the queue kills workers.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "cluster/inventory.hpp"

namespace akqueue::cluster {

/// The workers' pods over several looks. A pod's restarts before the first look do not count; those of a pod that came
/// later all do.
class WorkerRestarts {
 public:
  struct End {
    std::string pod;
    std::string reason;  ///< OOMKilled, Error, …
    Timestamp at = 0;
  };

  void see(const Inventory& inventory);

  int pods() const { return pods_; }
  int ready() const { return ready_; }
  int restarts() const { return restarts_; }
  /// Pods that came since the first look.
  int replaced() const { return replaced_; }
  /// The last end of a container that was restarted since the first look, if it is known.
  const std::optional<End>& last_end() const { return last_end_; }

 private:
  std::map<std::string, int> seen_;  ///< restarts by pod
  bool first_ = true;
  int pods_ = 0;
  int ready_ = 0;
  int restarts_ = 0;
  int replaced_ = 0;
  std::optional<End> last_end_;
};

}  // namespace akqueue::cluster
