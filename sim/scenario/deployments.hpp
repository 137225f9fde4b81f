// What a scenario says about its cluster: deployments and what their pods do, what scales them, and what resets them to
// the state in a repository.
//
// Errors: those of scenario/fields.hpp.
#pragma once

#include <optional>
#include <vector>

#include "scenario/fields.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

/// The scenario's `pods`. Pods that name no namespace or instance get those of `scenario`.
std::vector<PodGroup> read_pods(Fields& fields, const Scenario& scenario);

/// Its `autoscalers`, each of which names a deployment of `scenario.pods`.
std::vector<AutoscalerLine> read_autoscalers(Fields& fields, const Scenario& scenario);

/// Its `gitops`, if it has one.
std::optional<GitOps> read_gitops(Fields& fields, const Scenario& scenario);

}  // namespace akqueue::sim
