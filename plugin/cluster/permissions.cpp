#include "cluster/permissions.hpp"

#include <array>

namespace akqueue::cluster {
namespace {

constexpr std::array kAll{
    Permission{Work::look, "", "pods", "get,list", "finds the server pod and the workers"},
    Permission{Work::look, "", "pods/exec", "create",
               "runs the agent in it: with this, one can enter every pod there and do what authentik can"},
    Permission{Work::look, "apps", "deployments", "list", "shows replicas and an unfinished drain", true},
    Permission{Work::look, "autoscaling", "horizontalpodautoscalers", "list", "shows what else scales the workers",
               true},
    Permission{Work::look, "metrics.k8s.io", "pods", "list", "shows the workers' memory", true},
    Permission{Work::drain, "apps", "deployments", "get,patch",
               "scales the workers to 0 and back, with a note on them"},
};

}  // namespace

std::span<const Permission> permissions() { return kAll; }

}  // namespace akqueue::cluster
