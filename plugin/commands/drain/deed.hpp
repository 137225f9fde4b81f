// The deed of a drain, once it is agreed to: workers down, deletion, workers back.
#pragma once

#include "commands/delete/deletion_flow.hpp"
#include "commands/drain/plan.hpp"

namespace akqueue::commands {

/// A drain as far as it has come, and the document that tells of it.
struct Drain {
  const cli::Environment& environment;
  const DrainRequest& request;
  Cluster& cluster;
  const cluster::Inventory& inventory;
  DrainPlan plan;
  DeletionRequest deleting = {};
  Preview preview = {};
  /// The workers hold all that a look needs, such as connections: what goes is shown and asked once they are gone.
  bool unseen = false;
  Json document = document_of("drain");
};

/// What it deletes, found out by a look and written into plan and document.
void preview_deletion(Drain& drain, const Site& site);

/// Whatever goes wrong is printed, and the way back is offered, or taken where nobody can be asked. The exit status.
int carry_out(Drain& drain);

}  // namespace akqueue::commands
