// What `status` reads of a site, and the document that it makes of it.
#pragma once

#include "akqueue/json.hpp"
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

}  // namespace akqueue::commands
