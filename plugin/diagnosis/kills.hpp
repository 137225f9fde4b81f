// Whether workers are killed for want of memory, as far as their pods tell: Kubernetes keeps how a container ended
// last, and how often it was started again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cluster/inventory.hpp"

namespace akqueue::diagnosis {

struct Kills {
  std::int64_t workers = 0;        ///< pods
  std::int64_t ready = 0;          ///< of these
  std::int64_t killed = 0;         ///< those whose worker last ended for want of memory
  std::optional<Timestamp> last;   ///< when; nothing if Kubernetes does not say
  std::string last_pod;            ///< whose
  std::int64_t restarts = 0;       ///< of the killed, for whatever reason …
  std::optional<Timestamp> since;  ///< … since the oldest of them was started

  /// The last kill is less than a quarter of an hour ago.
  bool lately(Timestamp now) const;
  /// `OOM-killed: 2 of 2 workers, the last 29m ago, restarted 14 times in 2d`, `No OOM kill: 2 of 2 workers are Ready`,
  /// `No worker runs`.
  std::string words(Timestamp now) const;
};

Kills read_kills(const cluster::Inventory& inventory);

}  // namespace akqueue::diagnosis
