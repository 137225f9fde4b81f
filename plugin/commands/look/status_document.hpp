// What `status` reads of a site, and the document that it makes of it.
#pragma once

#include <optional>

#include "akqueue/json.hpp"
#include "cluster/drain_note.hpp"
#include "commands/shared/site.hpp"
#include "queue/measure/status.hpp"

namespace akqueue::commands {

/// What `status` was asked for, of one site or of all.
struct StatusRequest {
  SiteRequest site;
  bool exact = false;  ///< every row is counted
  OutputFormat output = OutputFormat::table;
};

/// One glance at the site's queue. Throws the Errors of a session.
queue::QueueStatus read_status_of(const Site& site, bool exact);

/// `status -o json`.
Json document_of_status(const Site& site, const queue::QueueStatus& status);

/// The note of a drain that nobody has finished. Nothing without one, and for one that a newer version may have
/// written.
std::optional<cluster::DrainNote> readable_note(const cluster::Deployment& deployment);

}  // namespace akqueue::commands
