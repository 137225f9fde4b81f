// A deletion as one JSON document of kind `deletion`.
#pragma once

#include "akqueue/json.hpp"
#include "commands/delete/deletion_flow.hpp"

namespace akqueue::commands {

/// Site, filter and preview: all there is of a dry run.
Json document_of_deletion(const Site& site, const DeletionRequest& deleting, const Preview& preview);

/// Adds `result`: before, deleted, after, by state and actor, what was left and why, how it ended, where the backup is.
void add_result(Json& document, const Preview& preview, const queue::DeletionResult& result, const Recorder& recorder);

}  // namespace akqueue::commands
