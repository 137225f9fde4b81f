#include "cluster/restarts.hpp"

namespace akqueue::cluster {

void WorkerRestarts::see(const Inventory& inventory) {
  pods_ = ready_ = 0;
  for (const Pod& pod : inventory.pods) {
    if (!pod.roles.worker) continue;
    if (!pod.terminating) ++pods_;
    if (pod.ready && !pod.terminating) ++ready_;
    const auto known = seen_.find(pod.name);
    if (known == seen_.end() && !first_) ++replaced_;
    const int before = known != seen_.end() ? known->second : first_ ? pod.restarts : 0;
    seen_[pod.name] = pod.restarts;
    if (pod.restarts <= before) continue;
    restarts_ += pod.restarts - before;
    if (pod.last_end && pod.last_end->at && (!last_end_ || last_end_->at <= *pod.last_end->at)) {
      last_end_ = End{pod.name, pod.last_end->reason, *pod.last_end->at};
    }
  }
  first_ = false;
}

}  // namespace akqueue::cluster
