// Scaling a worker deployment down and back. Each change is one `kubectl patch` that the API server applies as a whole
// or not at all: it tests the replicas that were seen, and writes or removes the drain's note with them.
#pragma once

#include "cluster/drain_note.hpp"

namespace akqueue::cluster {

/// Leaves the note and scales to 0. False, with nothing changed, if the replicas are not what `deployment` says. Throws
/// the Errors of kubectl, as all of these do.
[[nodiscard]] bool scale_down(Kubectl& kubectl, const Deployment& deployment, const DrainNote& note);

/// Scales to 0 again a deployment that has `note` and that something has scaled up since. False if either has changed.
[[nodiscard]] bool scale_down_again(Kubectl& kubectl, const Deployment& deployment, const DrainNote& note);

/// Notes that the deletion is done. False if the note is not `note` any more: somebody else has continued the drain.
[[nodiscard]] bool note_deleted(Kubectl& kubectl, const Deployment& deployment, DrainNote& note);

/// Scales from 0 to `replicas` and removes the note that `deployment` has, if any. False, with nothing changed, if it
/// is not at 0, or the note is a different one: then it is in somebody else's drain.
[[nodiscard]] bool scale_back(Kubectl& kubectl, const Deployment& deployment, int replicas);

/// Removes the note that `deployment` has, and nothing else. False, with nothing changed, if there is none or a
/// different one.
[[nodiscard]] bool forget_drain(Kubectl& kubectl, const Deployment& deployment);

}  // namespace akqueue::cluster
