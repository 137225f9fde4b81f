// What a drain leaves on a worker deployment, in the same change that scales it down: all that is needed to bring it
// back from any machine, whatever happens to the one where the drain began.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "cluster/inventory.hpp"

namespace akqueue::cluster {

struct DrainNote {
  int replicas = 0;  ///< before the drain
  std::string by;    ///< `alice@laptop`
  std::string at;    ///< by that machine's clock
  std::string reason;
  /// The deletion as words of the command line: `flush`, `default`, `--only-queued`.
  std::vector<std::string> deletion = {};
  bool deleted = false;  ///< the deletion is done

  Json to_json() const;
  /// The annotation's value.
  std::string to_text() const { return to_json().dump(); }
};

inline constexpr const char* kDrainAnnotation = "kubectl-akqueue/drain";

/// The note on a deployment; nothing if there is none.
/// Throws Error (unsupported) for one that is not understood: a newer version may have written it.
std::optional<DrainNote> drain_note_of(const Deployment& deployment);

}  // namespace akqueue::cluster
