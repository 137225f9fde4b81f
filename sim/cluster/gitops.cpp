#include "cluster/gitops.hpp"

namespace akqueue::sim {

void mark_as_owned(ClusterObject& deployment, const GitOps& gitops) {
  ClusterObject& metadata = deployment["metadata"];
  const std::string name_space = metadata.at("namespace");
  if (gitops.tool == "argocd") {
    metadata["annotations"]["argocd.argoproj.io/tracking-id"] =
        gitops.name + ":apps/Deployment:" + name_space + "/" + name_of(deployment);
  } else if (gitops.tool == "argocd-label") {
    metadata["labels"]["argocd.argoproj.io/instance"] = gitops.name;
  } else {
    const std::string kind = gitops.tool == "flux-helm" ? "helm" : "kustomize";
    metadata["labels"][kind + ".toolkit.fluxcd.io/name"] = gitops.name;
    metadata["labels"][kind + ".toolkit.fluxcd.io/namespace"] = name_space;
  }
}

}  // namespace akqueue::sim
