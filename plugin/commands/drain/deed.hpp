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
  Json document = document_of("drain");
};

/// Whatever goes wrong is printed, and the way back is offered, or taken where nobody can be asked. The exit status.
int carry_out(Drain& drain);

}  // namespace akqueue::commands
