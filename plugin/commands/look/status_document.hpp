// What `status` reads of a site, and the document that it makes of it.
#pragma once

#include <optional>

#include "akqueue/json.hpp"
#include "cluster/drain_note.hpp"
#include "commands/shared/site.hpp"
#include "queue/measure/status.hpp"

namespace akqueue {

/// One glance at the site's queue; every row is counted with --exact. Throws the Errors of a session.
QueueStatus read_status_of(const Invocation& invocation, const Site& site);

/// `status -o json`.
Json document_of_status(const Site& site, const QueueStatus& status);

/// The note of a drain that nobody has finished. Nothing without one, and for one that a newer version may have
/// written.
std::optional<DrainNote> readable_note(const Deployment& deployment);

}  // namespace akqueue
