#include "cluster/owners.hpp"

#include <algorithm>

namespace akqueue::cluster {
namespace {

std::string value_of(const Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

void add_autoscaler(std::vector<Owner>& owners, const Autoscaler& scaler) {
  if (scaler.keda) {
    owners.push_back({"KEDA", scaler.scaled_object, "may scale it up again at once",
                      "kubectl annotate scaledobject " + scaler.scaled_object + " -n " + scaler.name_space +
                          " autoscaling.keda.sh/paused-replicas=0, and remove that afterwards"});
    return;
  }
  owners.push_back({"HPA", scaler.name,
                    "does nothing while it is at 0, and goes on between " + std::to_string(scaler.least) + " and " +
                        std::to_string(scaler.most) + " replicas afterwards"});
}

/// `APP:group/Kind:namespace/name`.
std::string application_of(const Deployment& deployment) {
  const std::string tracked = value_of(deployment.annotations, "argocd.argoproj.io/tracking-id");
  if (!tracked.empty()) return tracked.substr(0, tracked.find(':'));
  return value_of(deployment.labels, "argocd.argoproj.io/instance");
}

void add_argo(std::vector<Owner>& owners, const Deployment& deployment) {
  const std::string application = application_of(deployment);
  if (application.empty()) return;
  owners.push_back({"Argo CD", application, "scales it up again if it self-heals and manages replicas",
                    "argocd app set " + application + " --sync-policy none, and set it back afterwards"});
}

void add_flux(std::vector<Owner>& owners, const Deployment& deployment) {
  struct Kind {
    const char* label;
    const char* word;
  };
  static constexpr Kind kKinds[] = {{"helm.toolkit.fluxcd.io", "helmrelease"},
                                    {"kustomize.toolkit.fluxcd.io", "kustomization"}};
  for (const Kind& kind : kKinds) {
    const std::string name = value_of(deployment.labels, std::string(kind.label) + "/name");
    if (name.empty()) continue;
    const std::string where = value_of(deployment.labels, std::string(kind.label) + "/namespace");
    const std::string words = std::string(kind.word) + " " + name + (where.empty() ? "" : " -n " + where);
    owners.push_back({"Flux", name, "scales it up again when it next reconciles, if it sets replicas",
                      "flux suspend " + words + ", and flux resume " + words + " afterwards"});
  }
}

}  // namespace

std::vector<Owner> owners_of(const Inventory& inventory, const Deployment& deployment) {
  std::vector<Owner> owners;
  if (const Autoscaler* scaler = inventory.autoscaler_of(deployment)) add_autoscaler(owners, *scaler);
  if (std::ranges::find(inventory.refused, "horizontalpodautoscalers") != inventory.refused.end()) {
    owners.push_back({"HPA", "", "may exist: these permissions don't allow listing autoscalers"});
  }
  add_argo(owners, deployment);
  add_flux(owners, deployment);
  return owners;
}

}  // namespace akqueue::cluster
